import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cleanLine } from '@selfheal/redaction/clean-line.ts';
import * as z from 'zod';
import { linesOf, readCaseText, readLabels } from '../labels/read-labels.ts';
import type { TrainingLog } from './train-ranker.ts';
import { unrankedLines } from './unranked-lines.ts';

/** The folder with a folder for each further source. */
export const SOURCES_FOLDER = 'sources-2026-11';

/** A log of `sources-2026-11` and what one annotator said of it. Line numbers are 1-based. */
export const SourceLabel = z.object({
  file: z.string(),
  log: z.string(),
  lines: z.number().int().positive(),
  cause_lines: z.array(z.number().int().positive()),
  cause_top: z.number().int().positive(),
  top_ok: z.array(z.number().int().positive()).default([]),
  class: z.string(),
  verdict: z.string(),
});
export type SourceLabel = z.infer<typeof SourceLabel>;

export interface SourceLog {
  readonly source: string;
  readonly label: SourceLabel;
  readonly text: string;
}

/** Every labelled log in the folders of `dir`, which is `sources-2026-11`. */
export async function readSources(dir: string): Promise<SourceLog[]> {
  const logs: SourceLog[] = [];
  for (const source of readdirSync(dir).sort()) {
    if (!existsSync(join(dir, source, 'labels.jsonl'))) continue;
    for (const label of await readLabels(dir, join(source, 'labels.jsonl'), SourceLabel))
      logs.push({ source, label, text: await readCaseText(dir, join(source, label.log)) });
  }
  return logs;
}

/** A line as it is compared with others: without colours, digits and the width of spaces. */
export function comparable(line: string): string {
  return cleanLine(line).replace(/\d+/g, '0').replace(/\s+/g, ' ').trim();
}

/** Texts of numbered lines, comparable; blank ones left out. */
export function comparableLines(lines: readonly string[], numbers: readonly number[]): Set<string> {
  const texts = new Set(numbers.map((number) => comparable(lines[number - 1] ?? '')));
  texts.delete('');
  return texts;
}

interface Marks {
  readonly source: string;
  readonly group: string;
  readonly needed: readonly number[];
  readonly causes: readonly number[] | null;
}

function markedLog(text: string, { source, group, needed, causes }: Marks): TrainingLog {
  const lines = linesOf(text);
  const isNeeded = comparableLines(lines, needed);
  const isCause = comparableLines(lines, causes ?? []);
  return {
    source,
    group,
    hasCauses: causes !== null,
    lines: unrankedLines(text).map((line) => {
      const same = comparable(line.text);
      return { number: line.number, text: line.text, isNeeded: isNeeded.has(same), isCause: isCause.has(same) };
    }),
  };
}

const Range = z.tuple([z.number().int().positive(), z.number().int().positive()]);
const LogchunksLabel = z.object({ repo: z.string(), log: z.string(), span: Range.nullable() });
const CidiffLabel = z.object({ id: z.string(), fail: z.string(), error: z.array(Range) });
/** Logs of one repository that are learned from; more of them say the same. */
const MAX_OF_REPOSITORY = 2;

function numbersIn([first, last]: readonly [number, number]): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** Logs below `root` in which people marked the lines that matter: `sources-2026-11`, `logchunks` and `cidiff`. */
export async function readMarkedLogs(root: string, progress: (message: string) => void): Promise<TrainingLog[]> {
  const logs: TrainingLog[] = [];
  const has = (name: string): boolean => {
    if (existsSync(join(root, name))) return true;
    progress(`${name} does not exist and is skipped`);
    return false;
  };
  if (has(SOURCES_FOLDER)) {
    for (const { source, label, text } of await readSources(join(root, SOURCES_FOLDER))) {
      const causes = [label.cause_top, ...label.top_ok];
      logs.push(markedLog(text, { source, group: source, needed: label.cause_lines, causes }));
    }
  }
  if (has('logchunks')) {
    const ofRepository = new Map<string, number>();
    for (const { repo, log, span } of await readLabels(root, 'logchunks/labels.jsonl', LogchunksLabel)) {
      const known = ofRepository.get(repo) ?? 0;
      if (span === null || known >= MAX_OF_REPOSITORY) continue;
      ofRepository.set(repo, known + 1);
      const text = await readCaseText(root, join('logchunks', log));
      const group = `logchunks/${repo}`;
      logs.push(markedLog(text, { source: 'logchunks', group, needed: numbersIn(span), causes: null }));
    }
  }
  if (has('cidiff')) {
    for (const { id, fail, error } of await readLabels(root, 'cidiff/labels.jsonl', CidiffLabel)) {
      const text = await readCaseText(root, join('cidiff', fail));
      const group = `cidiff/${id.split('/')[0] ?? id}`;
      logs.push(markedLog(text, { source: 'cidiff', group, needed: error.flatMap(numbersIn), causes: null }));
    }
  }
  return logs;
}
