import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const MODEL = join(ROOT, 'packages/redaction/src/letter-pairs.json');
/** Added to each count, so that a pair never seen is unlikely and not impossible. */
const SMOOTHING = 0.5;
const LETTERS = 26;
/** Values are kept as whole numbers of tenths of a bit from here to its opposite. */
const LIMIT = 40;

/** Lower-case words of texts and the parts of identifiers in them. */
function wordsOf(text: string): string[] {
  return (
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]{2,}/g) ?? []
  );
}

/**
 * Fits the letter pair model to words: how much likelier a letter follows another than by chance, in tenths of a bit, as
 * 26 rows of 26. Each different word counts once, so that no frequent one dominates.
 */
export function fitLetterPairs(texts: Iterable<string>): number[][] {
  const counts = Array.from({ length: LETTERS }, () => new Array<number>(LETTERS).fill(SMOOTHING));
  const words = new Set<string>();
  for (const text of texts) for (const word of wordsOf(text)) words.add(word);
  for (const word of words)
    for (let at = 0; at + 1 < word.length; at++) {
      const row = counts[word.charCodeAt(at) - 97];
      const next = word.charCodeAt(at + 1) - 97;
      if (row !== undefined) row[next] = (row[next] ?? 0) + 1;
    }
  return counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => Math.max(-LIMIT, Math.min(LIMIT, Math.round(10 * Math.log2((count / total) * LETTERS)))));
  });
}

if (import.meta.main) {
  const files = globSync(
    [
      'shared/**/*.ts',
      'apps/**/*.ts',
      'packages/*/src/**/*.ts',
      'infra/**/*.ts',
      'docs/**/*.md',
      'shared/data/playbooks/*.yaml',
    ],
    {
      cwd: ROOT,
      exclude: (path) => path.includes('node_modules'),
    },
  );
  const model = fitLetterPairs(files.map((file) => readFileSync(join(ROOT, file), 'utf8')));
  writeFileSync(MODEL, `${JSON.stringify(model)}\n`);
}
