/** Lines over an axis, one a series, each with a dash of its own beside its colour. */

import { element, svg } from "../dom.js";
import { label as text, linear, logarithmic, roomy } from "./scale.js";

/** Beyond this a line on a scale of powers of ten is not followed. */
const LIMITS = [1e-30, 1e30];

/** Return an image of series { name, points: [[x, y], …], band: [[x, low, high], …],
 * predicted: [[x, y], …] }, and its legend. */
export function lines({ series, label, x: xLabel, y: yLabel, isLogarithmic = false, limits = LIMITS, width = roomy(520), height = 260 }) {
  const clipped = (value) => (isLogarithmic ? Math.min(limits[1], Math.max(limits[0], value)) : value);
  const isDrawn = (value) => Number.isFinite(value) && (!isLogarithmic || value > 0);
  const isWithin = ([, value]) => !isLogarithmic || (value >= limits[0] && value <= limits[1]);
  // As far as the limits, and to the point where a line leaves them.
  const followed = (points) => points.filter((point, index) => isDrawn(point[1]) && [point, points[index - 1], points[index + 1]].some((near) => near && isWithin(near)));
  const all = series.flatMap(({ points }) => points).filter(([, value]) => isDrawn(value));
  const xs = series.flatMap(({ points }) => points).map(([at]) => at);
  const ys = all.map(([, value]) => clipped(value));
  const bands = series.flatMap(({ band = [] }) => band.flatMap(([, low, high]) => [low, high])).filter(isDrawn).map(clipped);
  const [left, right, top, bottom] = [58, width - 22, 10, height - 38];
  const x = linear(Math.min(...xs, 0), Math.max(...xs, 1), left, right, true);
  const scale = isLogarithmic ? logarithmic : linear;
  const y = scale(smallest([...ys, ...bands], isLogarithmic ? 0.1 : 0), largest([...ys, ...bands], 1), bottom, top);
  const place = ([at, value]) => `${x.place(at).toFixed(1)},${y.place(clipped(value)).toFixed(1)}`;
  return element(
    "figure",
    {},
    svg(
      "svg",
      { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
      y.ticks.map((tick) => [
        svg("path", { class: "grid", d: `M${left} ${y.place(tick)}H${right}` }),
        svg("text", { x: left - 6, y: y.place(tick) + 4, "text-anchor": "end" }, text(tick)),
      ]),
      x.ticks.map((tick) => svg("text", { x: x.place(tick), y: bottom + 15, "text-anchor": "middle" }, text(tick))),
      svg("path", { class: "axis", d: `M${left} ${top}V${bottom}H${right}` }),
      svg("text", { x: (left + right) / 2, y: height - 4, "text-anchor": "middle" }, xLabel),
      svg("text", { x: -(top + bottom) / 2, y: 11, transform: "rotate(-90)", "text-anchor": "middle" }, yLabel),
      series.map(({ band = [] }, index) => {
        const drawn = band.filter(([, low, high]) => isDrawn(low) && isDrawn(high));
        if (drawn.length < 2) return null;
        const edge = [...drawn.map(([at, low]) => [at, low]), ...drawn.map(([at, , high]) => [at, high]).reverse()];
        return svg("polygon", { class: `band band-${index + 1}`, points: edge.map(place).join(" ") });
      }),
      series.map(({ predicted }, index) =>
        predicted && svg("polyline", { class: `predicted series-${index + 1}`, points: followed(predicted).map(place).join(" ") }),
      ),
      series.map(({ points }, index) =>
        svg("polyline", { class: `series series-${index + 1}`, points: followed(points).map(place).join(" ") }),
      ),
    ),
    legend(series.map(({ name }) => name)),
  );
}

/** Return what says which line is whose. */
export function legend(names) {
  return element(
    "ul",
    { class: "legend" },
    names.map((name, index) =>
      element(
        "li",
        {},
        svg("svg", { viewBox: "0 0 32 12", "aria-hidden": "true" }, svg("path", { class: `series series-${index + 1}`, d: "M1 6H31" })),
        name,
      ),
    ),
  );
}

function smallest(values, otherwise) {
  return values.reduce((lowest, value) => Math.min(lowest, value), values.length ? Infinity : otherwise);
}

function largest(values, otherwise) {
  return values.reduce((highest, value) => Math.max(highest, value), values.length ? -Infinity : otherwise);
}
