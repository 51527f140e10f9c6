import { isFailure } from '#shared/domain/incident/signal.ts';
import type { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import type { Evidence, EvidenceSource } from '#shared/domain/logs/evidence.ts';
import { isLogOf } from '#shared/domain/logs/job-name.ts';
import type { LineRules } from '#shared/domain/logs/line-rules.ts';
import type { RunFacts } from '#shared/domain/logs/telemetry.ts';
import { redactName } from '#shared/domain/redaction/redact.ts';
import { Refused } from '#shared/kernel/errors.ts';
import { phrase, type RedactedText } from '#shared/kernel/text/redacted-text.ts';
import type { CodeHost, Job, Run } from '#shared/ports/code-host.ts';
import type { LogArchiveReader } from '#shared/ports/log-archive.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { MAX_EVIDENCE_SOURCES, makeExcerpts } from './excerpts.ts';
import { type HistoryHost, historiesOf, readElsewhere, usualSecondsOf } from './history.ts';
import { inParallel, makePartReader, type PartReader } from './part.ts';
import { makePassingReader, type PassingReader } from './passing-run.ts';
import { makeFailedTests } from './tests.ts';

export interface RunGatherDeps {
  readonly codeHost: Pick<CodeHost, 'getRun' | 'listJobs' | 'downloadLogs' | 'hasNewerRun'> & HistoryHost;
  readonly archives: LogArchiveReader;
  /** Lines that the configuration excludes from logs; nothing when absent. */
  readonly lineRules?: LineRules | null;
  readonly clock: Clock;
  readonly log: Log;
}

type FailedTests = NonNullable<Evidence['failedTests']>;

export interface GatheredFacts<F> {
  readonly facts: F;
  readonly sources: EvidenceSource[];
  readonly notes: RedactedText[];
  readonly failedJobs?: number;
  readonly failedTests?: FailedTests;
}

interface ReadLogs {
  readonly sources: EvidenceSource[];
  readonly failedTests: FailedTests;
}

/** Compressed size; enough for logs of more than a gigabyte. */
export const MAX_ARCHIVE_BYTES = 250_000_000;
const MAX_NOTE_LENGTH = 300;
const NO_LOGS: ReadLogs = { sources: [], failedTests: [] };

/**
 * Reads the failed run: its current state, the logs of its failed jobs, and the results of these jobs in other runs. Reads in parallel where
 * possible.
 */
export async function gatherRun(
  target: GithubRunTarget,
  acceptGaps: boolean,
  deps: RunGatherDeps,
): Promise<GatheredFacts<RunFacts>> {
  const { repository, runId, runAttempt } = target;
  const { codeHost } = deps;
  const notes = { run: [], logs: [], history: [], later: [] } satisfies Record<string, RedactedText[]>;
  const reader = (own: RedactedText[]) => makePartReader({ ...deps, acceptGaps, notes: own });
  const reading = readElsewhere(target, codeHost, reader(notes.history));
  const branch = reading.then(
    (elsewhere) => elsewhere.branch,
    () => [],
  );
  const passingOf = makePassingReader(target, branch, deps);
  const [run, { failed, passedJobs, logs }, elsewhere, newerRun] = await inParallel([
    readRun(target, notes.run, deps),
    readFailedJobs(target, notes.logs, reader(notes.logs), { ...deps, passingOf }),
    reading,
    reader(notes.later)(phrase`later runs`, () => codeHost.hasNewerRun(repository, runId), false),
  ]);
  return {
    facts: {
      kind: 'github-run',
      attempt: run?.attempt ?? runAttempt,
      status: run?.status ?? 'unknown',
      conclusion: run?.conclusion ?? null,
      newerRun,
      failedJobIds: failed.map(({ id }) => id),
      passedJobs,
      startedAt: run?.startedAt ?? null,
      usualSeconds: usualSecondsOf(elsewhere.branch),
      defaultBranchConclusions: elsewhere.branch
        .filter(({ id }) => id !== runId)
        .flatMap(({ conclusion }) => conclusion ?? []),
      jobHistories: historiesOf(failed, target, elsewhere),
    },
    ...logs,
    failedJobs: failed.length,
    notes: [...notes.run, ...notes.logs, ...notes.history, ...notes.later],
  };
}

/**
 * Null when GitHub refuses to show the run permanently. A transient failure is thrown, because everything else depends on this read.
 */
async function readRun(target: GithubRunTarget, notes: RedactedText[], deps: RunGatherDeps): Promise<Run | null> {
  try {
    return await deps.codeHost.getRun(target.repository, target.runId);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    notes.push(
      phrase`GitHub refused to show the run: it was deleted, or the token lacks the permission Actions: read.`,
    );
    return null;
  }
}

interface LogDeps extends RunGatherDeps {
  readonly passingOf: PassingReader;
}

async function readFailedJobs(
  target: GithubRunTarget,
  notes: RedactedText[],
  part: PartReader,
  deps: LogDeps,
): Promise<{ failed: readonly Job[]; passedJobs: number; logs: ReadLogs }> {
  const { repository, runId, runAttempt } = target;
  const jobs = await part(phrase`jobs of the run`, () => deps.codeHost.listJobs(repository, runId, runAttempt), []);
  const failed = jobs.filter(({ conclusion }) => isFailure(conclusion));
  const passedJobs = jobs.filter(({ conclusion }) => conclusion === 'success').length;
  return {
    failed,
    passedJobs,
    logs: await part(phrase`logs of the run`, () => readLogs(target, failed, notes, deps), NO_LOGS),
  };
}

async function readLogs(
  target: GithubRunTarget,
  failed: readonly Job[],
  notes: RedactedText[],
  deps: LogDeps,
): Promise<ReadLogs> {
  const { repository, runId, runAttempt } = target;
  const archive = await deps.codeHost.downloadLogs(repository, runId, runAttempt, MAX_ARCHIVE_BYTES);
  if (archive.kind === 'unavailable') {
    notes.push(phrase`The logs could not be read: ${archive.reason}`);
    return NO_LOGS;
  }
  const passing = await deps.passingOf(failed.map(({ name }) => name));
  const excerpts = makeExcerpts(failed.length || 1, deps.lineRules);
  const tests = makeFailedTests();
  const waiting = [...failed];
  let opened = 0;
  const content = await deps.archives.read(archive.bytes, (log) => {
    if (opened >= MAX_EVIDENCE_SOURCES) return null;
    const index = waiting.findIndex(({ name }) => isLogOf(log.job, name));
    if (index < 0 && failed.length > 0) return null;
    const job = waiting.splice(index, index < 0 ? 0 : 1)[0];
    opened += 1;
    const id = job ? `job-${job.id}` : `log-${opened}`;
    const meta = { id, name: job?.name.shown ?? phrase`log ${opened}`, url: job?.url ?? null };
    const source = excerpts.open(meta, job && passing(job.name));
    const reports = tests.open(id);
    return (chunk) => {
      source.push(chunk);
      reports.push(chunk);
    };
  });
  const { sources, notes: cuts } = excerpts.finish();
  notes.push(...content.notes.map((note) => redactName(note, MAX_NOTE_LENGTH)), ...cuts);
  if (waiting.length > 0)
    notes.push(phrase`The logs of ${waiting.length} of ${failed.length} failed jobs were not read.`);
  return { sources, failedTests: tests.finish() };
}
