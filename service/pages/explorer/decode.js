/** Elements from their bytes, little endian, as `format=raw` sends them. */

/** Bits of the exponent and of the mantissa, and whether the highest exponent stands for infinities (IEEE 754). */
const SMALL_FLOATS = {
  float16: { bytes: 2, exponent: 5, mantissa: 10, hasInfinity: true },
  bfloat16: { bytes: 2, exponent: 8, mantissa: 7, hasInfinity: true },
  float8_e5m2: { bytes: 1, exponent: 5, mantissa: 2, hasInfinity: true },
  float8_e4m3fn: { bytes: 1, exponent: 4, mantissa: 3, hasInfinity: false },
};

const NATIVE = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** Return the elements of a tensor; of complex ones the real parts. */
export function decode(buffer, dtype) {
  if (dtype in SMALL_FLOATS) return smallFloats(buffer, SMALL_FLOATS[dtype]);
  if (dtype === "int64") return Float64Array.from(new BigInt64Array(buffer), Number);
  if (dtype === "complex64") return new Float32Array(buffer).filter((_, index) => index % 2 === 0);
  if (dtype === "complex128") return new Float64Array(buffer).filter((_, index) => index % 2 === 0);
  return new NATIVE[dtype](buffer);
}

function smallFloats(buffer, { bytes, exponent, mantissa, hasInfinity }) {
  const codes = bytes === 2 ? new Uint16Array(buffer) : new Uint8Array(buffer);
  const highest = 2 ** exponent - 1;
  const bias = 2 ** (exponent - 1) - 1;
  const steps = 2 ** mantissa;
  return Float32Array.from(codes, (code) => {
    const sign = code >> (exponent + mantissa) ? -1 : 1;
    const power = (code >> mantissa) & highest;
    const fraction = code & (steps - 1);
    if (power === highest && hasInfinity) return fraction ? NaN : sign * Infinity;
    if (power === highest && fraction === steps - 1) return NaN;
    return power ? sign * (1 + fraction / steps) * 2 ** (power - bias) : sign * (fraction / steps) * 2 ** (1 - bias);
  });
}
