/** Words that stand in every log and say nothing about the failure. */
const COMMON = new Set(
  'the and for with was not are has have its this that from into than then when where which while will can could should would but all any one two new run runs error errors failed failure fail job step line file test tests code exit process completed com org www http https'.split(
    ' ',
  ),
);

/** Lower-case words of at least three letters; names are also split at dots, dashes, underscores and case changes. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [name] of text.matchAll(/[A-Za-z][A-Za-z0-9_.-]{1,60}/g)) {
    const parts = name.replace(/([a-z])([A-Z])/g, '$1 $2').split(/[^A-Za-z0-9]+/);
    for (const part of new Set([name, ...parts])) {
      const word = part.toLowerCase().replace(/[.-]+$/, '');
      if (word.length >= 3 && !COMMON.has(word)) words.push(word);
    }
  }
  return words;
}

/** How often each word occurs. */
export function frequenciesOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** How rare each word is among the documents (Robertson and Sparck Jones's weight, never negative). */
export function inverseFrequencies(documents: readonly ReadonlyMap<string, unknown>[]): Map<string, number> {
  const holding = new Map<string, number>();
  for (const document of documents) for (const word of document.keys()) holding.set(word, (holding.get(word) ?? 0) + 1);
  return new Map(
    [...holding].map(([word, count]) => [word, Math.log(1 + (documents.length - count + 0.5) / (count + 0.5))]),
  );
}
