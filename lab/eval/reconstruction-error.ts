import { probationRows } from './nab-scorer.ts';

/** Sizes of the document's autoencoder: a window of 100 rows, 16 numbers in the middle. */
const WINDOW = 100;
const LATENT = 16;
const SWEEPS = 12;
/** Share of the learned windows whose error is no anomaly, where no threshold is given. */
const PERCENTILE = 0.95;

/**
 * Reconstruction errors of a linear autoencoder over windows of a series, as a share of the largest one that is no anomaly: 0 to 1, where 0.5 is the
 * threshold. A linear autoencoder's best weights are the leading singular vectors of the windows (P. Baldi and K. Hornik, "Neural networks and principal
 * component analysis: learning from examples without local minima", Neural Networks 2, 1989), so none is trained by steps; reconstruction error as an
 * anomaly score of windows is that of P. Malhotra et al., "LSTM-based encoder-decoder for multi-sensor anomaly detection", ICML 2016 workshop. Strictly
 * causal: it learns the rows that are not scored. `threshold`: an error (mean square of standardised values) in place of the 95th percentile of the learned ones.
 */
export function reconstructionScores(values: readonly number[], threshold: number | null = null): number[] {
  const known = Math.ceil(probationRows(values.length));
  const learned = values.slice(0, known).filter(Number.isFinite);
  if (known < 2 * WINDOW) return values.map(() => 0);
  const mean = learned.reduce((sum, value) => sum + value, 0) / learned.length;
  const deviation = Math.sqrt(learned.reduce((sum, value) => sum + (value - mean) ** 2, 0) / learned.length) || 1e-9;
  const standard = values.map((value) => (Number.isFinite(value) ? (value - mean) / deviation : 0));
  const windows = Array.from({ length: known - WINDOW + 1 }, (_, at) => standard.slice(at, at + WINDOW));
  const basis = leadingVectors(windows);
  const errors = windows.map((window) => errorOf(window, basis)).sort((a, b) => a - b);
  const limit = threshold ?? errors[Math.floor(PERCENTILE * (errors.length - 1))] ?? 0;
  return standard.map((_, row) => {
    if (row < known) return 0;
    const error = errorOf(standard.slice(row - WINDOW + 1, row + 1), basis);
    return error / (error + Math.max(limit, 1e-12));
  });
}

/** Mean square of what is left of the window when only its shares along the basis are kept. */
function errorOf(window: readonly number[], basis: readonly (readonly number[])[]): number {
  const rest = [...window];
  for (const vector of basis) {
    const share = vector.reduce((sum, weight, at) => sum + weight * (window[at] ?? 0), 0);
    vector.forEach((weight, at) => {
      rest[at] = (rest[at] ?? 0) - share * weight;
    });
  }
  return rest.reduce((sum, value) => sum + value * value, 0) / rest.length;
}

/** The leading right singular vectors of the windows: eigenvectors of their products, by Jacobi's rotations. */
function leadingVectors(windows: readonly (readonly number[])[]): number[][] {
  const size = WINDOW;
  const matrix = new Float64Array(size * size);
  for (const window of windows)
    for (let row = 0; row < size; row += 1)
      for (let column = row; column < size; column += 1)
        matrix[row * size + column] = (matrix[row * size + column] ?? 0) + (window[row] ?? 0) * (window[column] ?? 0);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < row; column += 1) matrix[row * size + column] = matrix[column * size + row] ?? 0;
  const vectors = new Float64Array(size * size);
  for (let at = 0; at < size; at += 1) vectors[at * size + at] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1)
    for (let p = 0; p < size; p += 1) for (let q = p + 1; q < size; q += 1) rotate(matrix, vectors, p, q);
  return Array.from({ length: size }, (_, at) => at)
    .sort((a, b) => (matrix[b * size + b] ?? 0) - (matrix[a * size + a] ?? 0))
    .slice(0, LATENT)
    .map((column) => Array.from({ length: size }, (_, row) => vectors[row * size + column] ?? 0));
}

/** One rotation of Jacobi's method (Golub and Van Loan, "Matrix Computations", 8.5), which makes the entry at p, q zero. */
function rotate(matrix: Float64Array, vectors: Float64Array, p: number, q: number): void {
  const size = WINDOW;
  const off = matrix[p * size + q] ?? 0;
  if (Math.abs(off) < 1e-12) return;
  const tau = ((matrix[q * size + q] ?? 0) - (matrix[p * size + p] ?? 0)) / (2 * off);
  const tangent = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = tangent * cosine;
  const turn = (into: Float64Array, one: number, other: number) => {
    const [a, b] = [into[one] ?? 0, into[other] ?? 0];
    into[one] = cosine * a - sine * b;
    into[other] = sine * a + cosine * b;
  };
  for (let at = 0; at < size; at += 1) turn(matrix, at * size + p, at * size + q);
  for (let at = 0; at < size; at += 1) turn(matrix, p * size + at, q * size + at);
  for (let at = 0; at < size; at += 1) turn(vectors, at * size + p, at * size + q);
}
