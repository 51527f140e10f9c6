import { digestOf } from '@selfheal/kernel/digest.ts';
import type { ReportedTest } from '@selfheal/reports/normal-form/normal-form.ts';
import * as z from 'zod';
import { codeOwnersOf } from '../../domain/flaky-tests/code-owners.ts';
import { type JudgedTest, rankTests } from '../../domain/flaky-tests/flaky-ranking.ts';
import {
  decideInHistory,
  type HistoryDecision,
  quarantineFlaky,
  releaseBroken,
} from '../../domain/flaky-tests/history-quarantine.ts';
import type { TestOwner } from '../../domain/flaky-tests/quarantined-test.ts';
import {
  EMPTY_HISTORY,
  type RecordedRun,
  type RunExclusion,
  TestHistory,
  withinBytes,
  withRecordedRun,
} from '../../domain/flaky-tests/test-history.ts';
import { MAX_QUALITY_DOCUMENT_BYTES, type QualityState } from '../../ports/quality-state.ts';
import { type DocumentKind, readDocument, type StateDeps, updateDocument } from '../quality-state/update-document.ts';

/** Reports of one attempt of a job. Legs of a matrix are jobs of their own: a test that fails on one system only is not flaky. */
export interface RecordedReports {
  readonly job: string;
  readonly run: RecordedRun;
  readonly tests: readonly ReportedTest[];
  /** Puts flaky tests into quarantine; null leaves that to people. `codeOwners`: text of the CODEOWNERS file, empty for none. */
  readonly quarantine: { readonly days: number; readonly maxTests: number; readonly codeOwners: string } | null;
}

/** What recording changed: names are redacted and tainted. */
export interface RecordedTests {
  readonly runs: number;
  readonly released: readonly string[];
  readonly entered: readonly string[];
  /** Why failures of this run say nothing; null when they count. */
  readonly excluded: RunExclusion | null;
}

/** A test enters quarantine when its rate of chance failures is, with 95 % confidence, at least this; the same as in the pipeline. */
const MIN_RATE = 0.01;
const MAX_JOBS = 200;

const HISTORY: DocumentKind<TestHistory> = { schema: TestHistory, empty: EMPTY_HISTORY, what: 'test history' };
const Jobs = z.strictObject({ version: z.literal(1), jobs: z.array(z.string().max(200)).max(MAX_JOBS) });
const JOBS: DocumentKind<z.infer<typeof Jobs>> = {
  schema: Jobs,
  empty: { version: 1, jobs: [] },
  what: 'list of jobs',
};
const JOBS_DOCUMENT = 'test-history/jobs';

/** The document of a job. The digest tells names apart that differ only in case or punctuation. */
function historyDocumentOf(job: string): string {
  const words = job
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return `test-history/${words === '' ? '' : `${words}-`}${digestOf(job, 8)}`;
}

/** Folds the reports of a run into the history of its job, once however often it is called, and ends quarantines of tests that always fail. */
export async function recordReports(
  deps: StateDeps,
  { job, run, tests, quarantine }: RecordedReports,
): Promise<RecordedTests> {
  await updateDocument(deps, JOBS_DOCUMENT, JOBS, (known) =>
    known.jobs.includes(job) ? null : { ...known, jobs: [...known.jobs, job].slice(-MAX_JOBS) },
  );
  const now = deps.clock.now();
  let changes: Pick<RecordedTests, 'released' | 'entered'> = { released: [], entered: [] };
  const { value } = await updateDocument(deps, historyDocumentOf(job), HISTORY, (known) => {
    const recorded = withRecordedRun(known, run, tests);
    const settled = releaseBroken(recorded, now);
    const next =
      quarantine === null
        ? { history: settled.history, entered: [] }
        : quarantineFlaky(settled.history, {
            now,
            days: quarantine.days,
            maxTests: quarantine.maxTests,
            minRate: MIN_RATE,
            ownerOf: ({ file }) => ownerOf(file, quarantine.codeOwners),
          });
    const nameOf = (key: string): string => next.history.tests[key]?.name ?? key;
    changes = { released: settled.released.map(nameOf), entered: next.entered.map(nameOf) };
    return withinBytes(next.history, MAX_QUALITY_DOCUMENT_BYTES);
  });
  const own = value.runs.find(({ id, attempt }) => id === run.id && attempt === run.attempt);
  return { ...changes, runs: value.runs.length, excluded: own?.excluded ?? null };
}

function ownerOf(file: string | null, codeOwners: string): TestOwner {
  const names = file === null ? [] : codeOwnersOf(codeOwners, file);
  return names.length === 0 ? { kind: 'nobody' } : { kind: 'code-owners', names: [...names] };
}

/** A test of a job's history. */
export interface JobTest extends JudgedTest {
  readonly job: string;
}

export interface KnownHistory {
  readonly job: string;
  readonly history: TestHistory;
}

/** The histories of one job, or of all that were recorded. */
export async function readHistories(state: QualityState, job: string | null): Promise<KnownHistory[]> {
  const jobs = job === null ? (await readDocument(state, JOBS_DOCUMENT, JOBS)).value.jobs : [job];
  const all = await Promise.all(
    jobs.map(async (name) => ({
      job: name,
      history: (await readDocument(state, historyDocumentOf(name), HISTORY)).value,
    })),
  );
  return all.filter(({ history }) => history.runs.length > 0);
}

/** Tests that failed in one of the runs that are kept, those that cost most first. */
export function rankedTests(histories: readonly KnownHistory[]): JobTest[] {
  return histories
    .flatMap(({ job, history }) => rankTests(history).map((test) => ({ ...test, job })))
    .sort(
      (a, b) =>
        Number(b.judged.kind === 'flaky') - Number(a.judged.kind === 'flaky') ||
        (b.cost.minutes ?? 0) - (a.cost.minutes ?? 0) ||
        b.cost.failedRuns - a.cost.failedRuns,
    );
}

/** Ends or extends the quarantine of a test, in whichever job it is; says why when it cannot. */
export async function decideAboutTest(
  deps: StateDeps,
  key: string,
  decision: HistoryDecision,
): Promise<{ readonly job: string } | { readonly refused: string }> {
  const histories = await readHistories(deps.state, null);
  const found = histories.find(({ history }) => history.tests[key]?.quarantine != null);
  if (found === undefined) return { refused: `no test ${key} is in quarantine` };
  let refused: string | null = null;
  await updateDocument(deps, historyDocumentOf(found.job), HISTORY, (known) => {
    const next = decideInHistory(known, key, decision, deps.clock.now());
    refused = 'refused' in next ? next.refused : null;
    return 'refused' in next ? null : next;
  });
  return refused === null ? { job: found.job } : { refused };
}
