import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OptionValues } from '@selfheal/cli-kit/command.ts';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import * as z from 'zod';
import { contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { type Place, sessionFile } from '#apps/workbench/api/session.ts';
import { makeFolder } from '#shared/adapters/system/output-files.ts';
import type { PatternResult } from '#shared/app/learning/learn-patterns.ts';
import type { ResolvedCase } from '#shared/domain/learning/propose-patterns.ts';
import type { KNOWLEDGE_OPTIONS } from './knowledge-api.ts';

/** Records of one request to the API, and their bytes: it takes 100 KB. */
export const MAX_RECORDS = 100;
const MAX_BYTES = 80_000;

const Progress = z.strictObject({ version: z.literal(1), done: z.number().int().nonnegative() });

export interface RemoteLearning {
  readonly results: readonly PatternResult[];
  readonly unplaced: readonly number[];
  /** Records that an earlier, interrupted run of the same command had sent. */
  readonly resumedAt: number;
}

/**
 * Sends the records to the API, some at a time. Before each part the sign-in is refreshed. Where it fails in between, the error says how far it came,
 * and the same command goes on there; the API counts each record once in any case.
 */
export async function learnRemotely(
  cases: readonly ResolvedCase[],
  { scope, dryRun }: { readonly scope: string; readonly dryRun: boolean },
  options: OptionValues<typeof KNOWLEDGE_OPTIONS>,
  terminal: Terminal,
): Promise<RemoteLearning> {
  const parts = partsOf(cases);
  const file = progressFile({ cases, scope, url: options.url ?? '' }, { ...terminal, profile: options.profile });
  const resumedAt = dryRun ? 0 : Math.min(await readProgress(file), cases.length);
  const results: PatternResult[] = [];
  const unplaced: number[] = [];
  let done = 0;
  for (const part of parts) {
    const isSent = done + part.length <= resumedAt;
    if (!isSent) {
      try {
        const { api } = await openApi(options, terminal);
        const json = { scope, records: part.map(asRecord), dryRun };
        const answer = await contentOf(await api.knowledge.learn.$post({ json }));
        results.push(...answer.results);
        unplaced.push(...answer.unplaced);
      } catch (error) {
        if (!(error instanceof UsageError) || done === 0) throw error;
        throw new UsageError(
          `${done} of ${cases.length} records are learned, then: ${error.message} Run the same command again: it goes on with record ${done + 1}.`,
        );
      }
    }
    done += part.length;
    if (!dryRun && !isSent) await writeProgress(file, done);
  }
  if (!dryRun) await rm(file, { force: true });
  return { results: merged(results), unplaced, resumedAt };
}

/** One result for each pattern of all parts: what became of it first, how it stands at the end, and all its records. */
function merged(results: readonly PatternResult[]): PatternResult[] {
  const groups = Map.groupBy(results, ({ kind, patternId }) => `${kind === 'refused' ? kind : 'stored'} ${patternId}`);
  return [...groups.values()].flatMap((parts) => {
    const last = parts.at(-1);
    const main = parts.find(({ kind }) => kind === 'learned') ?? parts.find(({ kind }) => kind === 'adjusted') ?? last;
    if (last === undefined || main === undefined || parts.length === 1) return parts;
    const lines = parts.flatMap((part) => part.lines);
    const more = lines.length - main.lines.length;
    const reason = `${main.reason}; then ${counted(more, 'further record')} of the same kind`;
    const conflicts = parts.flatMap((part) => part.conflicts);
    return [{ ...main, stage: last.stage, confidence: last.confidence, lines, reason, conflicts }];
  });
}

/** A record as the API takes it. */
export const asRecord = ({ line, resolution, class: failureClass, tags }: ResolvedCase) => ({
  line,
  resolution,
  class: failureClass,
  tags: [...tags],
});

function partsOf(cases: readonly ResolvedCase[]): ResolvedCase[][] {
  const parts: ResolvedCase[][] = [];
  let bytes = 0;
  for (const one of cases) {
    const size = Buffer.byteLength(JSON.stringify(asRecord(one)));
    const last = parts.at(-1);
    if (last === undefined || last.length >= MAX_RECORDS || bytes + size > MAX_BYTES) {
      parts.push([one]);
      bytes = size;
    } else {
      last.push(one);
      bytes += size;
    }
  }
  return parts;
}

/** Beside the sign-in, named after what is sent and where. */
function progressFile(sent: { cases: readonly ResolvedCase[]; scope: string; url: string }, place: Place): string {
  const digest = createHash('sha256').update(JSON.stringify(sent)).digest('hex').slice(0, 24);
  return join(dirname(sessionFile(place)), `learning-${digest}.json`);
}

async function readProgress(file: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return 0;
  try {
    return Progress.parse(JSON.parse(text)).done;
  } catch {
    return 0;
  }
}

async function writeProgress(file: string, done: number): Promise<void> {
  await makeFolder(dirname(file), 0o700);
  await writeFile(file, `${JSON.stringify({ version: 1, done })}\n`, { mode: 0o600 });
}
