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
