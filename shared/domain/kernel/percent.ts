/** A probability in whole percent for a reader: 99 at most, because nothing that was guessed is certain. */
export function percentOf(probability: number): number {
  return Math.min(99, Math.round(probability * 100));
}
