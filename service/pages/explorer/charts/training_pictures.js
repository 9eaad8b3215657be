/** Pictures of a network that learns: its answer over the plane, and the histograms of its layers. */

import { element, svg } from "../dom.js";
import { BINS, GRID, SIDE } from "../training/snapshot.js";

const PIXELS = 216;

/** Return a canvas, and what draws a network's answer and the points into it. */
export function plane(label) {
  const canvas = element("canvas", { class: "plane", width: PIXELS, height: PIXELS, role: "img", "aria-label": label });
  const context = canvas.getContext("2d");
  const cells = new OffscreenCanvas(GRID, GRID);
  return {
    canvas,
    draw(surface, data) {
      const [negative, zero, positive] = ["negative", "zero", "positive"].map((name) =>
        getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).split(",").map(Number));
      const cellContext = cells.getContext("2d");
      const image = cellContext.createImageData(GRID, GRID);
      surface.forEach((probability, index) => {
        const place = 4 * ((GRID - 1 - Math.floor(index / GRID)) * GRID + (index % GRID));
        const [far, share] = [probability < 0.5 ? negative : positive, Math.min(1, Math.abs(2 * probability - 1)) * 0.7 || 0];
        for (let part = 0; part < 3; part += 1) image.data[place + part] = zero[part] + (far[part] - zero[part]) * share;
        image.data[place + 3] = 255;
      });
      cellContext.putImageData(image, 0, 0);
      context.drawImage(cells, 0, 0, PIXELS, PIXELS);
      const at = (value) => ((value / SIDE + 1) / 2) * PIXELS;
      data.labels.forEach((label, index) => {
        const [x, y] = [at(data.places[2 * index]), PIXELS - at(data.places[2 * index + 1])];
        context.fillStyle = `rgb(${(label ? positive : negative).join(",")})`;
        context.strokeStyle = `rgb(${zero.join(",")})`;
        context.beginPath();
        // Classes differ in form too.
        if (label) context.rect(x - 2.5, y - 2.5, 5, 5);
        else context.arc(x, y, 2.75, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      });
    },
  };
}

/** Return an image of a layer's histogram, and what changes it. */
export function layerHistogram(label) {
  const [width, height] = [BINS * 5, 34];
  const path = svg("path", { class: "bar" });
  const node = svg(
    "svg",
    { class: "chart layer", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, preserveAspectRatio: "none" },
    path,
    svg("path", { class: "axis", d: `M0 ${height - 0.5}H${width}` }),
  );
  return {
    node,
    draw({ counts }) {
      // The square root shows what is rare beside what is common.
      const bars = Array.from(counts, (count, index) => (count > 0 ? `M${index * 5} ${height}v${-Math.sqrt(Math.min(1, count)) * (height - 2)}h4.5V${height}z` : ""));
      path.setAttribute("d", bars.join(""));
    },
  };
}
