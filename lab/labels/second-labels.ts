import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { parseJsonLines } from '#apps/cli/input/json-lines.ts';

/** What a second annotator, who had not seen the first labels, said of a log of `sources-2026-11`; `cause` is a 1-based line. */
const SecondLabel = z.object({
  source: z.string(),
  file: z.string(),
  class: z.string(),
  verdict: z.string(),
  cause: z.number().int().positive(),
});
export type SecondLabel = z.infer<typeof SecondLabel>;

const FILE = new URL('second-labels.jsonl', import.meta.url);

/** Second labels of sixty logs: how far two readers agree bounds what any reader can reach. */
export async function readSecondLabels(): Promise<SecondLabel[]> {
  return parseJsonLines(await readFile(FILE, 'utf8'), SecondLabel, { file: FILE.pathname, what: 'label' });
}
