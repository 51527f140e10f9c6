import * as z from 'zod';
import type { Evidence } from '#shared/domain/evidence/evidence.ts';
import { sameJobName } from '#shared/domain/evidence/job-name.ts';
import { isFailure } from '#shared/domain/incident/run-conclusion.ts';
import type { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { Lookup, LookupResult } from '#shared/ports/diagnosis-model.ts';
import type { LogArchiveReader } from '#shared/ports/log-archive.ts';
import { defineLookup } from './analyze-lookup.ts';

export interface LogLookupDeps {
  readonly codeHost: Pick<CodeHost, 'listJobs' | 'downloadLogs'>;
  readonly archives: LogArchiveReader;
}

/** Smaller than what is gathered: the archive stays in memory while the model thinks. */
const MAX_ARCHIVE_BYTES = 30_000_000;
const AROUND = 20;
const MOST_HITS = 40;
const STEP_LINES = 45;
const LONGEST_LINE = 1000;

type VisitLine = (job: string, number: number, text: string) => void;

/** Lookups in the logs of the run, read again from the code host. */
export function logLookups(target: GithubRunTarget, evidence: Evidence, deps: LogLookupDeps): Lookup[] {
  const read = makeLogReader(target, deps);
  return [failingStep(target, deps, read), logAround(evidence, read), searchLog(read)];
}

type ReadLogs = (visit: VisitLine) => Promise<string | null>;

/** Visits every line of every job. The archive is fetched once. Gives a sentence when there is none. */
function makeLogReader({ repository, runId, runAttempt }: GithubRunTarget, deps: LogLookupDeps): ReadLogs {
  let archive: ReturnType<CodeHost['downloadLogs']> | null = null;
  return async (visit) => {
    archive ??= deps.codeHost.downloadLogs(repository, runId, runAttempt, MAX_ARCHIVE_BYTES);
    const found = await archive;
    if (found.kind === 'unavailable') return `The logs could not be read: ${found.reason}`;
    await deps.archives.read(found.bytes, ({ job }) => {
      let number = 0;
      let rest = '';
      return (chunk) => {
        const lines = (rest + chunk).split('\n');
        rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
        for (const line of lines) visit(job, ++number, line.slice(0, LONGEST_LINE));
      };
    });
    return null;
  };
}

function found(origin: string, lines: readonly string[], otherwise: string): LookupResult {
  return lines.length === 0 ? { kind: 'nothing', reason: otherwise } : { kind: 'found', origin, lines };
}

/** Time stamps of GitHub's logs say nothing a model needs. */
const plain = (text: string) => text.replace(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]{8,20}Z /, '').replace(/\r$/, '');

function failingStep(target: GithubRunTarget, deps: LogLookupDeps, read: ReadLogs): Lookup {
  return defineLookup({
    name: 'failing_step',
    description: `The failed jobs with the step each failed at, and the last ${STEP_LINES} lines before the failure of one of them (the first by default).`,
    input: z.strictObject({ job: z.int().min(1).max(20).default(1) }),
    async read({ job }) {
      const jobs = await deps.codeHost.listJobs(target.repository, target.runId, target.runAttempt);
      const failed = jobs.filter(({ conclusion }) => isFailure(conclusion));
      const heads = failed.map(
        ({ name, failedStep }, at) => `job ${at + 1}: ${name}, failed at step: ${failedStep ?? 'unknown'}`,
      );
      const chosen = failed[job - 1];
      if (chosen === undefined) return found('The failed jobs', heads, 'No job of the run failed.');
      let last: string[] = [];
      let atError: string[] = [];
      const problem = await read((name, number, text) => {
        if (!sameJobName(name, chosen.name)) return;
        last = [...last.slice(1 - STEP_LINES), `${number}: ${plain(text)}`];
        if (text.includes('##[error]')) atError = last;
      });
      const log = atError.length > 0 ? atError : last;
      return found(
        'The failed jobs and the end of the failing step',
        [...heads, ...(problem === null ? log : [problem])],
        '',
      );
    },
  });
}

function logAround(evidence: Evidence, read: ReadLogs): Lookup {
  return defineLookup({
    name: 'log_around',
    description: `The ${AROUND} lines of the log before and after a line of the evidence.`,
    input: z.strictObject({ ref: z.string().regex(/^L\d{1,6}$/, 'expected a reference such as L12') }),
    async read({ ref }) {
      const source = evidence.sources.find(({ lines }) => lines.some((line) => line.ref === ref));
      const line = source?.lines.find((one) => one.ref === ref);
      if (source === undefined || line === undefined)
        return { kind: 'nothing', reason: `There is no ${ref} in the evidence.` };
      const near: string[] = [];
      const problem = await read((job, number, text) => {
        if (Math.abs(number - line.number) <= AROUND && sameJobName(job, source.name))
          near.push(`${number}: ${plain(text)}`);
      });
      return problem === null
        ? found(`The log around ${ref}`, near, 'That part of the log is gone.')
        : { kind: 'nothing', reason: problem };
    },
  });
}

function searchLog(read: ReadLogs): Lookup {
  return defineLookup({
    name: 'search_log',
    description: `The first ${MOST_HITS} lines of the run's logs that contain a text; capitals do not matter.`,
    input: z.strictObject({ contains: z.string().min(2).max(120) }),
    async read({ contains }) {
      const wanted = contains.toLowerCase();
      const hits: string[] = [];
      const problem = await read((job, number, text) => {
        if (hits.length < MOST_HITS && text.toLowerCase().includes(wanted))
          hits.push(`${job} ${number}: ${plain(text)}`);
      });
      return problem === null
        ? found('Lines of the log', hits, 'No line contains it.')
        : { kind: 'nothing', reason: problem };
    },
  });
}
