/** Histograms of a tensor's elements, with the density that its scheme's law has. */

import { svg } from "../dom.js";
import { statistics } from "../tensor.js";
import { label as text, linear, roomy } from "./scale.js";

const BINS = 41;

/** Return an image of how often elements have which value. */
export function histogram(made, { label, isSmall = false }) {
  const { lowest, highest } = statistics(made.elements);
  const [width, height] = isSmall ? [150, 120] : [roomy(420), 220];
  const x = linear(lowest, highest, isSmall ? 6 : 44, width - 10);
  const [low, high] = [x.ticks[0], x.ticks.at(-1)];
  const counts = new Array(BINS).fill(0);
  for (const element of made.elements) {
    counts[Math.min(BINS - 1, Math.max(0, Math.floor(((element - low) / (high - low)) * BINS)))] += 1;
  }
  const binWidth = (high - low) / BINS;
  const densities = counts.map((count) => count / (made.elements.length * binWidth));
  const law = density(made.facts);
  const points = law ? Array.from({ length: 101 }, (_, index) => low + ((high - low) * index) / 100).map((at) => [at, law(at)]) : [];
  const tallest = Math.max(...densities, ...points.map(([, value]) => value));
  const bottom = height - (isSmall ? 16 : 24);
  const y = (value) => bottom - (value / tallest) * (bottom - 8);
  const bars = densities.map((value, index) =>
    svg("rect", {
      class: "bar",
      x: x.place(low + index * binWidth),
      width: Math.max(0.5, x.place(low + binWidth) - x.place(low) - 0.5),
      y: y(value),
      height: Math.max(0, bottom - y(value)),
    }),
  );
  const ticks = isSmall ? [low, high] : x.ticks;
  const curve = points.map(([at, value]) => `${x.place(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  return svg(
    "svg",
    { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${label}: from ${text(lowest)} to ${text(highest)}` },
    bars,
    law && svg("polyline", { class: "law", points: curve }),
    svg("path", { class: "axis", d: `M${x.place(low)} ${bottom}H${x.place(high)}` }),
    ticks.map((tick, index) =>
      svg(
        "text",
        { x: x.place(tick), y: height - 3, "text-anchor": isSmall ? (index ? "end" : "start") : "middle" },
        text(tick),
      ),
    ),
  );
}

/** A normal number's standard deviation once it is cut at two of its own (`distribution=truncated_normal`). */
const CUT_AT_TWO = 0.8796256610342398;

/** The part of normal numbers that lie within two standard deviations. */
const WITHIN_TWO = 0.9544997361036416;

/** Return the density of the law that a reply's facts tell; null where they tell none that has one. */
function density(facts) {
  const kind = facts.distribution ?? { normal: "normal", uniform: "uniform" }[facts.initializer];
  const std = Number(facts.std);
  if (!(std > 0)) return null;
  const mean = Number(facts.mean ?? 0);
  const normal = (value, sigma) => Math.exp(-((value - mean) ** 2) / (2 * sigma ** 2)) / (sigma * Math.sqrt(2 * Math.PI));
  if (kind === "normal") return (value) => normal(value, std);
  if (kind === "truncated_normal") {
    const sigma = std / CUT_AT_TWO;
    return (value) => (Math.abs(value - mean) <= 2 * sigma ? normal(value, sigma) / WITHIN_TWO : 0);
  }
  if (kind === "uniform" && facts.low === undefined && facts.bound !== undefined) {
    return (value) => (Math.abs(value) <= Number(facts.bound) ? 1 / (2 * Number(facts.bound)) : 0);
  }
  return null;
}
