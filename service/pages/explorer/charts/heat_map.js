/** Heat maps: a cell an element, blue below zero and orange above. */

import { element } from "../dom.js";

/** Rows and columns that are shown, at most; more could not be told apart. */
const MOST = 128;

/** Return an image of a tensor as a matrix, its first axis downwards and all others to the right. */
export function heatMap(made, label) {
  const [rows, columns] = matrixShape(made.shape);
  const [height, width] = [Math.min(rows, MOST), Math.min(columns, MOST)];
  const canvas = element("canvas", { class: "heat", role: "img", "aria-label": label, width, height });
  if (width === 0 || height === 0) return canvas;
  let largest = 0;
  for (const value of made.elements) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const colours = ["negative", "zero", "positive"].map((name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).split(",").map(Number),
  );
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const value = (made.elements[row * columns + column] ?? 0) / (largest || 1);
      const [zero, far] = [colours[1], value < 0 ? colours[0] : colours[2]];
      for (let part = 0; part < 3; part += 1) {
        image.data[4 * (row * width + column) + part] = zero[part] + (far[part] - zero[part]) * Math.abs(value);
      }
      image.data[4 * (row * width + column) + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Return how many rows and columns a tensor of a shape has as a matrix. */
export function matrixShape(shape) {
  if (shape.length < 2) return [1, shape[0] ?? 1];
  return [shape[0], shape.slice(1).reduce((product, size) => product * size, 1)];
}
