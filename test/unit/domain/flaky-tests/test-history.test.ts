import { judgeTest, rankTests } from '@selfheal/pull-request-quality/domain/flaky-tests/flaky-ranking.ts';
import {
  EMPTY_HISTORY,
  MAX_HISTORY_RUNS,
  type RecordedRun,
  reportedTestKey,
  resultsOf,
  TestHistory,
  withinBytes,
  withRecordedRun,
} from '@selfheal/pull-request-quality/domain/flaky-tests/test-history.ts';
import type { ReportedTest } from '@selfheal/reports/normal-form/normal-form.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRecordedRun, aReportedTest, redactedText } from '#test/builders/index.ts';

const KEY = reportedTestKey(aReportedTest());
const named = (name: string, change: Partial<ReportedTest> = {}): ReportedTest =>
  aReportedTest({ name: redactedText(name), file: `test/${name}.test.ts`, ...change });

/** One run per letter: `p`, `f`, `x` (passed at the second try) or `-` (not run); the same letter of `commits` is the same commit. */
function historyOf(letters: string, { commits = '', run = {} as Partial<RecordedRun> } = {}): TestHistory {
  return [...letters].reduce((history, letter, at) => {
    const test = aReportedTest(letter === 'f' ? { outcome: 'failed' } : letter === 'x' ? { failedAttempts: 1 } : {});
    const commit = `00000${commits[at] ?? at.toString(36).padStart(2, '0')}`;
    return withRecordedRun(history, aRecordedRun({ id: at + 1, commit, ...run }), letter === '-' ? [] : [test]);
  }, EMPTY_HISTORY);
}
const kindOf = (history: TestHistory): string | undefined => judgeTest(KEY, history)?.judged.kind;

describe('the history of reported tests', () => {
  it('[B3] finds a test that failed and passed on one commit, and one that fails now and then', () => {
    expect(kindOf(historyOf('pppfp', { commits: 'abcdd' }))).toBe('flaky');
    expect(kindOf(historyOf(`${'p'.repeat(10)}f${'p'.repeat(12)}f${'p'.repeat(9)}`))).toBe('flaky');
    expect(kindOf(historyOf('ppxpp'))).toBe('flaky');
  });

  it.each([
    ['one stretch over several commits', 'ppppppfffpppppp', ''],
    ['every attempt on the broken commits', 'pppffffpp', 'abcddeefg'],
    ['two regressions, each mended', `${'p'.repeat(12)}fff${'p'.repeat(12)}ff${'p'.repeat(12)}`, ''],
    ['not mended yet', 'ppppppffff', ''],
    ['the end of a regression at the beginning of what is kept', `f${'p'.repeat(40)}`, ''],
  ])('calls a regression broken, not flaky: %s', (_, letters, commits) => {
    expect(kindOf(historyOf(letters, { commits }))).toBe('broken');
  });

  it('takes failures on the branch of a pull request for its work in progress, unless a re-run passes', () => {
    const onBranch = (commit: string, id: number, outcome: 'passed' | 'failed', attempt = 1) =>
      [
        aRecordedRun({ id, attempt, commit, branch: 'cart', onDefaultBranch: false }),
        [aReportedTest({ outcome })],
      ] as const;
    const base = historyOf('pppppppp');
    const mended = withRecordedRun(
      withRecordedRun(base, ...onBranch('aaa1', 20, 'failed')),
      ...onBranch('aaa2', 21, 'passed'),
    );
    expect(kindOf(mended)).toBe('steady');
    const rerun = withRecordedRun(mended, ...onBranch('aaa1', 20, 'passed', 2));
    expect(kindOf(rerun)).toBe('flaky');
  });

  it('leaves out runs that broke for a reason outside their code', () => {
    const known = historyOf('pppp');
    const run = aRecordedRun({ id: 9, infrastructure: true });
    const after = withRecordedRun(known, run, [aReportedTest({ outcome: 'failed' })]);
    expect(after.tests).toEqual({});
    expect(after.runs.at(-1)).toMatchObject({ id: 9, excluded: 'infrastructure' });
  });

  it('takes many failures at once for one cause, also where few of them are left afterwards', () => {
    const suite = Array.from({ length: 40 }, (_, at) => named(`t${at}`));
    const broken = (count: number) =>
      suite.map((test, at) => (at < count ? { ...test, outcome: 'failed' as const } : test));
    const runs = [suite, suite, broken(20), broken(1), suite, suite];
    const history = runs.reduce(
      (known, tests, at) => withRecordedRun(known, aRecordedRun({ id: at + 1, commit: `00000${at}` }), tests),
      EMPTY_HISTORY,
    );
    expect(history.runs[2]?.excluded).toBe('mass-failure');
    expect(rankTests(history).filter(({ judged }) => judged.kind === 'flaky')).toEqual([]);
  });

  it('takes failures with the same words in several files for one cause', () => {
    const suite = Array.from({ length: 400 }, (_, at) => named(`t${at}`));
    const refused = suite.map((test, at) =>
      at < 12
        ? { ...test, outcome: 'error' as const, message: redactedText(`connect ECONNREFUSED 10.0.0.${at}:5432`) }
        : test,
    );
    const once = withRecordedRun(
      withRecordedRun(EMPTY_HISTORY, aRecordedRun(), refused),
      aRecordedRun({ attempt: 2 }),
      suite,
    );
    expect(rankTests(once).filter(({ judged }) => judged.kind === 'flaky')).toEqual([]);
  });

  it('adds reports of one run, each once, in whatever order runs come', () => {
    const failed = aReportedTest({ outcome: 'failed' });
    const first = withRecordedRun(EMPTY_HISTORY, aRecordedRun({ id: 5 }), [failed]);
    const both = withRecordedRun(first, aRecordedRun({ id: 5 }), [named('other'), aReportedTest()]);
    expect(withRecordedRun(both, aRecordedRun({ id: 5 }), [failed])).toEqual(both);
    expect(Object.keys(both.clean)).toEqual([reportedTestKey(named('other'))]);
    expect(both.tests[KEY]?.results).toBe('f');
    const late = withRecordedRun(both, aRecordedRun({ id: 3 }), [aReportedTest()]);
    expect(resultsOf(late.tests[KEY] ?? { results: '' }, late)).toEqual(['passed', 'failed']);
  });

  it('is the same in whatever order its runs are recorded', () => {
    const outcomes = fc.array(fc.constantFrom('passed' as const, 'failed' as const, 'skipped' as const), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 0, max: 1e6 }), (drawn, seed) => {
        const runs = drawn.map((outcome, at) => [aRecordedRun({ id: at + 1 }), [aReportedTest({ outcome })]] as const);
        const record = (all: typeof runs) =>
          all.reduce((known, [run, tests]) => withRecordedRun(known, run, tests), EMPTY_HISTORY);
        const mixed = runs.toSorted(([a], [b]) => ((a.id * 7919 + seed) % 101) - ((b.id * 7919 + seed) % 101));
        expect(record(mixed)).toEqual(record(runs));
      }),
    );
  });

  it('keeps the last hundred runs, and forgets what they do not hold', () => {
    const history = historyOf(`f${'p'.repeat(MAX_HISTORY_RUNS)}`);
    expect(history.runs).toHaveLength(MAX_HISTORY_RUNS);
    expect(history.tests).toEqual({});
    expect(history.clean[KEY]).toBe(`p${MAX_HISTORY_RUNS}`);
    expect(withRecordedRun(history, aRecordedRun({ id: 1 }), [aReportedTest({ outcome: 'failed' })])).toBe(history);
    expect(TestHistory.parse(history)).toEqual(history);
  });

  it('stays within its size: tests that never failed go first, those that ran least lately before others', () => {
    const suite = Array.from({ length: 300 }, (_, at) => named(`t${at}`));
    const first = withRecordedRun(EMPTY_HISTORY, aRecordedRun(), suite);
    const full = withRecordedRun(first, aRecordedRun({ id: 2 }), [
      ...suite.slice(150),
      aReportedTest({ outcome: 'failed' }),
    ]);
    const small = withinBytes(full, 7_000);
    expect(new TextEncoder().encode(JSON.stringify(small, null, 1)).length).toBeLessThanOrEqual(7_000);
    expect(Object.keys(small.tests)).toEqual([KEY]);
    const kept = new Set(Object.keys(small.clean));
    expect(suite.slice(150).every((test) => kept.has(reportedTestKey(test)))).toBe(true);
    expect(kept.size).toBeLessThan(300);
    expect(withinBytes(full, 100).tests).toEqual({});
  });
});

describe('the ranking of flaky tests', () => {
  it('[B45] [B93] puts those first that cost most: minutes of attempts that they made necessary, shared with others that failed', () => {
    const [slow, cheap] = [named('slow'), named('cheap')];
    const failing = (test: ReportedTest): ReportedTest => ({ ...test, outcome: 'failed' });
    const record = (history: TestHistory, run: Partial<RecordedRun>, tests: readonly ReportedTest[]) =>
      withRecordedRun(history, aRecordedRun(run), tests);
    let history = EMPTY_HISTORY;
    history = record(history, { id: 1, seconds: 1200 }, [failing(slow), failing(cheap)]);
    history = record(history, { id: 1, attempt: 2, seconds: 1200 }, [slow, cheap]);
    history = record(history, { id: 2, branch: 'a', onDefaultBranch: false, commit: 'b1' }, [failing(slow), cheap]);
    history = record(history, { id: 2, attempt: 2, branch: 'a', onDefaultBranch: false, commit: 'b1' }, [slow, cheap]);
    const ranked = rankTests(history).map(({ test, cost }) => [test.file, cost]);
    expect(ranked).toEqual([
      ['test/slow.test.ts', { failedRuns: 2, reruns: 2, minutes: 20, heldUp: 2 }],
      ['test/cheap.test.ts', { failedRuns: 1, reruns: 1, minutes: 10, heldUp: 1 }],
    ]);
  });
});
