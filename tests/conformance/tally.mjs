// What the two checkers share: counting, and comparing to the bit.

let passed = 0;
let failed = 0;

export function record(ok) {
  if (ok) passed += 1;
  else failed += 1;
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

const DIGITS = { float16: 4, bfloat16: 4, float8_e4m3fn: 2, float8_e5m2: 2 };
const DOUBLE = ['float64', 'complex128'];

/** Hexadecimal bits of one number of the dtype; the narrow dtypes are given as their bits. */
export function bitsOf(number, dtype) {
  if (dtype in DIGITS) return number.toString(16).padStart(DIGITS[dtype], '0');
  const view = new DataView(new ArrayBuffer(8));
  if (DOUBLE.includes(dtype)) {
    view.setFloat64(0, number);
    return view.getBigUint64(0).toString(16).padStart(16, '0');
  }
  view.setFloat32(0, number);
  return view.getUint32(0).toString(16).padStart(8, '0');
}

/** Where two number sequences first differ in their bits, in words; undefined when they agree. */
export function firstDifference(actual, expected, dtype) {
  if (actual.length !== expected.length) return `${actual.length} elements instead of ${expected.length}`;
  for (let i = 0; i < expected.length; i++) {
    // Object.is tells 0 from -0, and any other two numbers apart exactly when their bits differ.
    if (!Object.is(actual[i], expected[i])) {
      return `element ${i} is ${bitsOf(actual[i], dtype)} instead of ${bitsOf(expected[i], dtype)}`;
    }
  }
  return undefined;
}
