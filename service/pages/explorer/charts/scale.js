/** Scales of axes: from data to places, and the numbers that stand beside them. */

/** Return a scale over values, its ends on round numbers, or where the values end. */
export function linear(lowest, highest, from, to, endsWithValues = false) {
  if (!(highest > lowest)) {
    const margin = Math.abs(lowest) / 2 || 1;
    lowest -= margin;
    highest += margin;
  }
  const step = roundStep((highest - lowest) / 4);
  const first = Math.floor(lowest / step + 1e-9) * step;
  const [low, high] = endsWithValues ? [lowest, highest] : [first, Math.ceil(highest / step - 1e-9) * step];
  const ticks = [];
  for (let index = 0; first + index * step <= high + (endsWithValues ? 0 : step / 2); index += 1) {
    const tick = Number((first + index * step).toPrecision(10));
    if (tick >= low) ticks.push(tick);
  }
  return { place: (value) => from + ((value - low) / (high - low)) * (to - from), ticks };
}

function roundStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
}

/** Return a scale of powers of ten, whole decades at its ends. */
export function logarithmic(lowest, highest, from, to) {
  let [low, high] = [Math.floor(Math.log10(lowest) + 1e-9), Math.ceil(Math.log10(highest) - 1e-9)];
  if (high - low < 2) {
    low -= 1;
    high += 1;
  }
  const step = Math.ceil((high - low) / 5);
  const ticks = [];
  for (let power = Math.ceil(low / step) * step; power <= high; power += step) ticks.push(10 ** power);
  return { place: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from), ticks };
}

/** Return a number as it stands beside an axis. */
export function label(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(0).replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}

/** Return a width for an image, so narrow that its words can be read in a narrow window. */
export function roomy(width) {
  return Math.max(280, Math.min(width, innerWidth - 40));
}
