import type { TreeEnsemble } from '@selfheal/kernel/numbers/tree-ensemble.ts';
import { makeExcerpter } from '@selfheal/log-reading/logs/excerpt.ts';
import type { LineRanker } from '@selfheal/log-reading/logs/line-ranker.ts';
import { WORD_BUCKETS } from '@selfheal/log-reading/logs/line-words.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';

const NO_TREES: TreeEnsemble = {
  base: 0,
  roots: new Uint16Array(),
  feature: new Int8Array(),
  value: new Float32Array(),
  left: new Uint16Array(),
};
/** Knows nothing: every line is as good as any other. */
const NO_RANKER: LineRanker = { words: new Float32Array(WORD_BUCKETS), needed: NO_TREES, cause: NO_TREES };

/** The lines of a log that an excerpt chooses from, cleaned and redacted, in the order of the log. */
export function unrankedLines(text: string): { readonly number: number; readonly text: string }[] {
  const excerpter = makeExcerpter({
    maxLines: Number.POSITIVE_INFINITY,
    redactor: makeRedactor(),
    ranker: NO_RANKER,
  });
  excerpter.push(text);
  return [...excerpter.finish().lines];
}
