import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Evidence, EvidenceSource } from '@selfheal/log-reading/logs/evidence.ts';
import { isLogOf, type JobName } from '@selfheal/log-reading/logs/job-name.ts';
import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';
import { makeRedactedLines } from '@selfheal/redaction/redacted-lines.ts';
import * as z from 'zod';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { CodeHost, Job } from '#shared/ports/code-host.ts';
import type { Lookup, LookupResult } from '#shared/ports/diagnosis-model.ts';
import type { LogArchiveReader } from '#shared/ports/log-archive.ts';
import { defineLookup } from './lookup.ts';

export interface LogLookupDeps {
  readonly codeHost: Pick<CodeHost, 'listJobs' | 'downloadLogs'>;
  readonly archives: LogArchiveReader;
}

/** Smaller than the limit of the gather step, because the archive stays in memory while the model works. */
const MAX_ARCHIVE_BYTES = 30_000_000;
const AROUND = 20;
const MAX_HITS = 40;
const STEP_LINES = 45;
const MAX_LINE_LENGTH = 1000;

/** The log of one job, or of an unknown one. `index` is the log's position in the archive, counted from 1. */
interface LogPlace {
  readonly job: Job | null;
  readonly index: number;
}
type VisitLine = (place: LogPlace, number: number, text: RedactedText) => void;

/** Lookups in the run's logs, which are read again from the code host. */
export function logLookups(target: RunTarget, evidence: Evidence, deps: LogLookupDeps): Lookup[] {
  const run = makeRunReader(target, deps);
  return [failingStep(run), logAround(evidence, run), searchLog(run)];
}

interface RunReader {
  jobs(): Promise<readonly Job[]>;
  /** Visits every line of every job. Returns the reason when there is no log, else null. */
  visitLines(visit: VisitLine): Promise<RedactedText | null>;
}

/**
 * Reads the run's jobs and logs once each. Every log is redacted as a whole, and lookups search only the redacted log, so neither a slice nor a
 * search can reveal a secret.
 */
function makeRunReader({ repository, runId, runAttempt }: RunTarget, deps: LogLookupDeps): RunReader {
  let archive: ReturnType<CodeHost['downloadLogs']> | null = null;
  let listed: Promise<readonly Job[]> | null = null;
  const jobs = (): Promise<readonly Job[]> => {
    listed ??= deps.codeHost.listJobs(repository, runId, runAttempt);
    return listed;
  };
  return {
    jobs,
    async visitLines(visit) {
      archive ??= deps.codeHost.downloadLogs(repository, runId, runAttempt, MAX_ARCHIVE_BYTES);
      const [found, all] = await Promise.all([archive, jobs()]);
      if (found.kind === 'unavailable') return phrase`The logs could not be read: ${found.reason}`;
      const redactor = makeRedactor();
      let index = 0;
      let endLast = () => {};
      await deps.archives.read(found.bytes, (log) => {
        endLast();
        index += 1;
        const place = { job: all.find(({ name }) => isLogOf(log.job, name)) ?? null, index };
        const lines = makeRedactedLines(redactor, (text, number) =>
          visit(place, number, text.slice(0, MAX_LINE_LENGTH)),
        );
        endLast = () => lines.end();
        return (chunk) => lines.push(chunk);
      });
      endLast();
      return null;
    },
  };
}

const nothing = (reason: RedactedText): LookupResult => ({ kind: 'nothing', reason });

function found(origin: RedactedText, lines: readonly RedactedText[], otherwise: RedactedText): LookupResult {
  return lines.length === 0 ? nothing(otherwise) : { kind: 'found', origin, lines };
}

function failingStep(run: RunReader): Lookup {
  return defineLookup({
    name: 'failing_step',
    description: phrase`The failed jobs, each with its failed step, and the last ${STEP_LINES} lines before the failure of one of them (the first by default).`,
    input: z.strictObject({ job: z.int().min(1).max(20).default(1) }),
    async read({ job }) {
      const failed = (await run.jobs()).filter(({ conclusion }) => isFailure(conclusion));
      const heads = failed.map(
        ({ name, failedStep }, at) =>
          phrase`job ${at + 1}: ${name.shown}, failed at step: ${failedStep ?? phrase`unknown`}`,
      );
      const chosen = failed[job - 1];
      if (chosen === undefined) return found(phrase`The failed jobs`, heads, phrase`No job of the run failed.`);
      let last: RedactedText[] = [];
      let atError: RedactedText[] = [];
      const problem = await run.visitLines((place, number, text) => {
        if (place.job?.id !== chosen.id) return;
        last = [...last.slice(1 - STEP_LINES), phrase`${number}: ${text}`];
        if (text.includes('##[error]')) atError = last;
      });
      const log = atError.length > 0 ? atError : last;
      const lines = [...heads, ...(problem === null ? log : [problem])];
      return found(phrase`The failed jobs and the end of the failing step`, lines, phrase`No job of the run failed.`);
    },
  });
}

/** Sources of evidence have the name of their job, or a number when the job is unknown. */
function isOfSource({ job, index }: LogPlace, { id }: EvidenceSource): boolean {
  return id === (job === null ? `log-${index}` : `job-${job.id}`) || id === `log-${index}`;
}

function logAround(evidence: Evidence, run: RunReader): Lookup {
  return defineLookup({
    name: 'log_around',
    description: phrase`The ${AROUND} lines of the log before and after a line of the evidence.`,
    input: z.strictObject({ ref: z.string().regex(/^L\d{1,6}$/, 'expected a reference such as L12') }),
    async read({ ref }) {
      const source = evidence.sources.find(({ lines }) => lines.some((line) => line.ref === ref));
      const line = source?.lines.find((one) => one.ref === ref);
      if (source === undefined || line === undefined) return nothing(phrase`That line is not in the evidence.`);
      const near: RedactedText[] = [];
      const problem = await run.visitLines((place, number, text) => {
        if (Math.abs(number - line.number) <= AROUND && isOfSource(place, source))
          near.push(phrase`${number}: ${text}`);
      });
      if (problem !== null) return nothing(problem);
      return found(phrase`The log around line ${line.number}`, near, phrase`That part of the log is no longer there.`);
    },
  });
}

const shownName = ({ job, index }: LogPlace): JobName['shown'] => job?.name.shown ?? phrase`log ${index}`;

function searchLog(run: RunReader): Lookup {
  return defineLookup({
    name: 'search_log',
    description: phrase`The first ${MAX_HITS} lines of the run's logs that contain a text, ignoring case.`,
    input: z.strictObject({ contains: z.string().min(2).max(120) }),
    async read({ contains }) {
      const wanted = contains.toLowerCase();
      const hits: RedactedText[] = [];
      const problem = await run.visitLines((place, number, text) => {
        if (hits.length < MAX_HITS && text.toLowerCase().includes(wanted))
          hits.push(phrase`${shownName(place)} ${number}: ${text}`);
      });
      return problem === null ? found(phrase`Lines of the log`, hits, phrase`No line contains it.`) : nothing(problem);
    },
  });
}
