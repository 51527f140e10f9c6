/** One of them, chosen by `next`. Throws for an empty list. */
export function oneOf<T>(choices: readonly T[], next: () => number): T {
  const chosen = choices[Math.floor(next() * choices.length)];
  if (chosen === undefined) throw new Error('There is nothing to choose from.');
  return chosen;
}
