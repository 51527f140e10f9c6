/** A probability in whole percent for a reader: 99 at most, because nothing that was guessed is certain. */
export function percentOf(probability: number): number {
  return Math.min(99, Math.round(probability * 100));
}

/** A share that was counted, with one decimal: `12.3%`. */
export const shareText = (share: number): string => `${(100 * share).toFixed(1)}%`;
