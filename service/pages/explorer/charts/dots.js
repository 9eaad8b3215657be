/** By how much signal and gradient change, one row a candidate, on a scale of powers of ten. */

import { svg } from "../dom.js";
import { label as text, logarithmic, roomy } from "./scale.js";

/** What is beyond this is drawn at the end of the scale. */
const LIMIT = 1e30;

/** Return an image of rows { name, forward, backward, forwardInterval, backwardInterval }. */
export function dots({ rows, label, isSmall = false }) {
  const width = isSmall ? 230 : roomy(640);
  const left = 8;
  const letters = isSmall ? 34 : 90;
  const step = isSmall ? 27 : 36;
  const height = rows.length * step + 26;
  const values = rows.flatMap((row) => [row.forward, row.backward, ...(row.forwardInterval ?? []), ...(row.backwardInterval ?? [])]);
  const known = values.filter((value) => value > 0).map(within);
  const x = logarithmic(Math.min(...known, 0.1), Math.max(...known, 10), left + 8, width - 14);
  const bottom = rows.length * step + 6;
  const mark = (value, interval, y, kind) => {
    if (!(value > 0)) return [];
    const at = x.place(within(value));
    const ends = interval?.map((end) => x.place(within(end)));
    const shape =
      kind === "forward"
        ? svg("circle", { cx: at, cy: y, r: 4.5, class: "mark-forward" })
        : svg("path", { d: `M${at} ${y - 5.5}l5.5 5.5-5.5 5.5-5.5-5.5z`, class: "mark-backward" });
    return [ends && svg("path", { class: `span-${kind}`, d: `M${ends[0]} ${y}H${ends[1]}` }), shape];
  };
  const told = rows.map((row) => `${row.name}: signal ${spoken(row.forward)}, gradient ${spoken(row.backward)}`).join("; ");
  return svg(
    "svg",
    { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${label}. ${told}.` },
    x.ticks.map((tick) => svg("path", { class: "grid", d: `M${x.place(tick)} 4V${bottom}` })),
    svg("path", { class: "wanted", d: `M${x.place(1)} 2V${bottom}` }),
    x.ticks.map((tick) => svg("text", { x: x.place(tick), y: height - 4, "text-anchor": "middle" }, text(tick))),
    rows.map((row, index) => {
      const y = index * step + 18;
      return [
        svg("text", { class: "over", x: left, y: y - 7 }, row.name.length > letters ? `${row.name.slice(0, letters - 1)}…` : row.name),
        mark(row.backward, row.backwardInterval, y + 4 + (isSmall ? 0 : 4), "backward"),
        mark(row.forward, row.forwardInterval, y + 2 - (isSmall ? 0 : 2), "forward"),
      ];
    }),
  );
}

function within(value) {
  return Math.min(LIMIT, Math.max(1 / LIMIT, value));
}

function spoken(value) {
  return value === undefined || value === null ? "unknown" : `times ${text(value)}`;
}
