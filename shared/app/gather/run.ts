import { Refused, unlessRefused } from '@selfheal/kernel/errors.ts';
import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Evidence, EvidenceSource } from '@selfheal/log-reading/logs/evidence.ts';
import { isLogOf } from '@selfheal/log-reading/logs/job-name.ts';
import type { LineRules } from '@selfheal/log-reading/logs/line-rules.ts';
import type { RunFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { CodeHost, Job, Run } from '#shared/ports/code-host.ts';
import type { LogArchiveReader } from '#shared/ports/log-archive.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import { type Excerpts, MAX_EVIDENCE_SOURCES, makeExcerpts } from './excerpts.ts';
import { type HistoryHost, historiesOf, readElsewhere, usualSecondsOf } from './history.ts';
import { inParallel, makePartReader, type PartReader } from './part.ts';
import { makePassingReader, type PassingReader } from './passing-run.ts';
import { makeFailedTests } from './tests.ts';

export interface RunGatherDeps {
  readonly codeHost: Pick<
    CodeHost,
    'getRun' | 'listJobs' | 'downloadLogs' | 'hasNewerRun' | 'jobDefinitions' | 'runnerMessages'
  > &
    HistoryHost;
  readonly archives: LogArchiveReader;
  /** Lines that the configuration excludes from logs; nothing when absent. */
  readonly lineRules?: LineRules | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** Failed jobs whose definitions are told. */
const MAX_DEFINED_JOBS = 3;

type FailedTests = NonNullable<Evidence['failedTests']>;

export interface GatheredFacts<F> {
  readonly facts: F;
  readonly sources: EvidenceSource[];
  readonly notes: RedactedText[];
  readonly failedJobs?: number;
  readonly failedTests?: FailedTests;
  /** Facts beside the logs. */
  readonly found?: readonly RedactedText[];
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
  target: RunTarget,
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
  const running = readRun(target, notes.run, deps);
  const conclusion = running.then(
    (found) => found?.conclusion ?? null,
    () => null,
  );
  const [run, { failed, passedJobs, logs }, elsewhere, newerRun] = await inParallel([
    running,
    readFailedJobs(target, notes.logs, reader(notes.logs), { ...deps, passingOf, conclusion }),
    reading,
    reader(notes.later)(phrase`later runs`, () => codeHost.hasNewerRun(repository, runId), false),
  ]);
  const names = failed.slice(0, MAX_DEFINED_JOBS).map(({ name }) => name);
  const found =
    names.length === 0
      ? []
      : await reader(notes.later)(
          phrase`definition of the failed jobs`,
          () => codeHost.jobDefinitions(repository, target.headSha, names),
          [],
        );
  return {
    found,
    facts: {
      kind: 'run',
      attempt: run?.attempt ?? runAttempt,
      status: run?.status ?? 'unknown',
      conclusion: run?.conclusion ?? null,
      pullRequest: null,
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
async function readRun(target: RunTarget, notes: RedactedText[], deps: RunGatherDeps): Promise<Run | null> {
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
  /** How the run ended, once that is read. */
  readonly conclusion: Promise<string | null>;
}

/** In the words by which GitHub's page tells it; the API says nothing more. */
const NOT_STARTED =
  'Invalid workflow file: GitHub started no job of this run. The workflow, or one that it calls, is not valid, or not allowed here. The page of the run names the line.\n';

async function readFailedJobs(
  target: RunTarget,
  notes: RedactedText[],
  part: PartReader,
  deps: LogDeps,
): Promise<{ failed: readonly Job[]; passedJobs: number; logs: ReadLogs }> {
  const { repository, runId, runAttempt } = target;
  const jobs = await part(phrase`jobs of the run`, () => deps.codeHost.listJobs(repository, runId, runAttempt), []);
  if (jobs.length === 0 && (await deps.conclusion) === 'startup_failure')
    return { failed: [], passedJobs: 0, logs: notStarted(deps) };
  const failed = failedOf(jobs);
  const passedJobs = jobs.filter(({ conclusion }) => conclusion === 'success').length;
  return {
    failed,
    passedJobs,
    logs: await part(phrase`logs of the run`, () => readLogs(target, { failed, all: jobs }, notes, deps), NO_LOGS),
  };
}

function notStarted({ lineRules }: LogDeps): ReadLogs {
  const excerpts = makeExcerpts(1, lineRules);
  excerpts.open({ id: 'run', name: phrase`What GitHub says about the run`, url: null }).push(NOT_STARTED);
  return { sources: excerpts.finish().sources, failedTests: [] };
}

/** The failed jobs; where none failed, those that were cancelled: GitHub shows a job over its time so. */
function failedOf(jobs: readonly Job[]): readonly Job[] {
  const failed = jobs.filter(({ conclusion }) => isFailure(conclusion));
  return failed.length > 0 ? failed : jobs.filter(({ conclusion }) => conclusion === 'cancelled');
}

/** Jobs that are asked for what their runners said. */
const MAX_ASKED_JOBS = 4;

/**
 * Reads what the runners said about jobs whose log does not tell why they ended: over their time, cut off from their
 * runner, or without a log.
 */
async function readRunnerMessages(
  { repository }: RunTarget,
  failed: readonly Job[],
  read: ReadonlySet<number>,
  { excerpts, notes, deps }: { readonly excerpts: Excerpts; readonly notes: RedactedText[]; readonly deps: LogDeps },
): Promise<void> {
  const isTold = ({ id, conclusion, failedStep }: Job) =>
    conclusion === 'failure' && failedStep !== null && read.has(id);
  for (const { id, name, url } of failed.filter((job) => !isTold(job)).slice(0, MAX_ASKED_JOBS)) {
    const messages = await unlessRefused(() => deps.codeHost.runnerMessages(repository, id));
    if (messages === null) {
      notes.push(
        phrase`The messages of the runners could not be read, for example that a job was over its time: the token lacks the permission Checks: read.`,
      );
      return;
    }
    if (messages.length === 0) continue;
    const source = excerpts.open({ id: `runner-${id}`, name: phrase`${name.shown}, its runner`, url });
    for (const message of messages) source.push(`##[error]${message}\n`);
  }
}

/** `all`: names the logs of a run of which GitHub lists no job as failed. */
async function readLogs(
  target: RunTarget,
  { failed, all }: { readonly failed: readonly Job[]; readonly all: readonly Job[] },
  notes: RedactedText[],
  deps: LogDeps,
): Promise<ReadLogs> {
  const { repository, runId, runAttempt } = target;
  const archive = await deps.codeHost.downloadLogs(repository, runId, runAttempt, MAX_ARCHIVE_BYTES);
  const excerpts = makeExcerpts(failed.length || 1, deps.lineRules);
  if (archive.kind === 'unavailable') {
    notes.push(phrase`The logs could not be read: ${archive.reason}`);
    await readRunnerMessages(target, failed, new Set(), { excerpts, notes, deps });
    return { ...NO_LOGS, sources: excerpts.finish().sources };
  }
  const passing = await deps.passingOf(failed.map(({ name }) => name));
  const tests = makeFailedTests();
  const waiting = [...failed];
  let opened = 0;
  const content = await deps.archives.read(archive.bytes, (log) => {
    if (opened >= MAX_EVIDENCE_SOURCES) return null;
    const index = waiting.findIndex(({ name }) => isLogOf(log.job, name));
    if (index < 0 && failed.length > 0) return null;
    const job = waiting.splice(index, index < 0 ? 0 : 1)[0] ?? all.find(({ name }) => isLogOf(log.job, name));
    opened += 1;
    const id = job ? `job-${job.id}` : `log-${opened}`;
    const meta = { id, name: job?.name.shown ?? phrase`a job without a name (log ${opened})`, url: job?.url ?? null };
    const source = excerpts.open(meta, job && passing(job.name), () => tests.open(id));
    return (chunk) => source.push(chunk);
  });
  const read = new Set(failed.filter((job) => !waiting.includes(job)).map(({ id }) => id));
  await readRunnerMessages(target, failed, read, { excerpts, notes, deps });
  const { sources, notes: cuts } = excerpts.finish();
  notes.push(...content.notes.map((note) => redactName(note, MAX_NOTE_LENGTH)), ...cuts);
  if (waiting.length > 0)
    notes.push(phrase`The logs of ${waiting.length} of ${failed.length} failed jobs were not read.`);
  return { sources, failedTests: tests.finish() };
}
