/** Repeatable numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Repeatable numbers of a standard normal distribution (Box and Muller). */
export function normals(seed: number): () => number {
  const random = seeded(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** `rows` values of noise around what `level` says for each row. */
export function noisy(rows: number, seed: number, level: (row: number) => number, deviation = 1): number[] {
  const normal = normals(seed);
  return Array.from({ length: rows }, (_, row) => level(row) + deviation * normal());
}
