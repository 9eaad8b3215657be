/** Points in the plane of two classes, the same for the same seed. */

/** Points of a set. */
const POINTS = 120;

const NOISE = 0.08;

export const DATA = {
  spirals: (at, label, noise) => {
    const angle = (0.25 + 2.75 * at) * Math.PI + label * Math.PI;
    const radius = 0.2 + 1.3 * at;
    return [radius * Math.cos(angle) + noise() * 0.5, radius * Math.sin(angle) + noise() * 0.5];
  },
  moons: (at, label, noise) => {
    const angle = Math.PI * at;
    const [x, y] = label ? [1 - Math.cos(angle), 0.5 - Math.sin(angle)] : [Math.cos(angle), Math.sin(angle)];
    return [1.2 * (x - 0.5) + noise(), 1.8 * (y - 0.25) + noise()];
  },
  circles: (at, label, noise) => {
    const radius = label ? 0.6 : 1.4;
    return [radius * Math.cos(2 * Math.PI * at) + noise(), radius * Math.sin(2 * Math.PI * at) + noise()];
  },
};

/** Return points, two numbers each, and their labels. */
export function points(name, seed) {
  const random = generator(seed);
  const noise = () => NOISE * (random() + random() + random() + random() - 2) * Math.sqrt(3);
  const places = new Float64Array(2 * POINTS);
  const labels = new Float64Array(POINTS);
  for (let index = 0; index < POINTS; index += 1) {
    labels[index] = index % 2;
    places.set(DATA[name](random(), labels[index], noise), 2 * index);
  }
  return { places, labels };
}

/** Return a generator of numbers from 0 to 1: splitmix32, which is enough to scatter points. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = state ^ (state >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word ^= word >>> 15;
    word = Math.imul(word, 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 2 ** 32;
  };
}
