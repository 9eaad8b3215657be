// Matrix products: section 10 of service/streams/philox/SPECIFICATION.md. Matrices are flat arrays in C order.

/** The product of the rows × inner matrix A and the inner × columns matrix B. */
export function product(A, B, rows, inner, columns) {
  const C = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      for (let j = 0; j < columns; j++) C[i * columns + j] += A[i * inner + k] * B[k * columns + j];
    }
  }
  return C;
}

/** The transposed of the rows × columns matrix A. */
export function transposed(A, rows, columns) {
  return Float64Array.from(A, (_, at) => A[(at % rows) * columns + Math.floor(at / rows)]);
}
