import { insightsOf } from '@selfheal/pull-request-quality/domain/ci-metrics/insights.ts';
import { type KpiInputs, kpisOf } from '@selfheal/pull-request-quality/domain/ci-metrics/kpis.ts';
import type { RunRecord } from '@selfheal/pull-request-quality/domain/ci-metrics/run-record.ts';
import { describe, expect, it } from 'vitest';
import { renderInsights } from '#apps/workbench/ci-metrics/render-insights.ts';
import { aRunRecord } from './a-run-record.ts';

const NOW = new Date('2026-11-30T12:00:00.000Z');
const daysAgo = (days: number): string => new Date(NOW.getTime() - days * 86_400_000).toISOString();
/** Runs, the last one today, one each day. */
const daily = (count: number, change: (at: number) => Partial<RunRecord>): RunRecord[] =>
  Array.from({ length: count }, (_, at) => aRunRecord({ run: at + 1, at: daysAgo(count - 1 - at), ...change(at) }));
const inputs = (runs: readonly RunRecord[], change: Partial<KpiInputs> = {}): KpiInputs => ({
  runs,
  now: NOW,
  days: 30,
  operation: { missing: 'nobody could be asked' },
  proposals: { missing: 'nobody could be asked' },
  survey: null,
  ...change,
});
const kpi = (id: string, runs: readonly RunRecord[], change: Partial<KpiInputs> = {}) =>
  kpisOf(inputs(runs, change)).find((one) => one.id === id);
const proposal = (minutes: number) =>
  daily(5, (at) => ({ isDefaultBranch: false, pullRequest: at + 1, durationSeconds: minutes * 60 }));

describe('the goals', () => {
  it.each([
    ['[B92] pull requests of 14 minutes', 'build-time-proposal', proposal(14), 'met'],
    ['[B92] pull requests of 16 minutes', 'build-time-proposal', proposal(16), 'missed'],
    [
      '[B92] a default branch of 29 minutes',
      'build-time-default',
      daily(5, () => ({ durationSeconds: 29 * 60 })),
      'met',
    ],
    [
      '[B92] a default branch of 31 minutes',
      'build-time-default',
      daily(5, () => ({ durationSeconds: 31 * 60 })),
      'missed',
    ],
    ['[B93] one rerun in 25 runs', 'flake-rate', daily(25, (at) => ({ attempt: at === 3 ? 2 : 1 })), 'met'],
    ['[B93] two reruns in 25 runs', 'flake-rate', daily(25, (at) => ({ attempt: at === 3 ? 3 : 1 })), 'missed'],
    ['[B96] coverage that is stable above 90 %', 'coverage', daily(20, (at) => ({ coverage: 91 + (at % 2) })), 'met'],
    [
      '[B96] coverage that is stable below 90 %',
      'coverage',
      daily(20, (at) => ({ coverage: 85 + (at % 2) })),
      'missed',
    ],
    ['[B96] coverage that rises from below', 'coverage', daily(20, (at) => ({ coverage: 70 + at })), 'met'],
    ['[B96] coverage that falls from above', 'coverage', daily(20, (at) => ({ coverage: 99 - 0.2 * at })), 'missed'],
  ] as const)('are judged: %s', (_, id, runs, status) => {
    expect(kpi(id, runs)).toMatchObject({ status, advice: status === 'met' ? null : expect.stringMatching(/\.$/) });
  });

  it('[B94] follow vulnerabilities from the scan that first counts them until the one that no longer does', () => {
    const counts = [0, 2, 2, 2, 2, 2, 1, 1, 0, 0];
    const runs = daily(10, (at) => ({ vulnerabilities: { critical: at < 4 ? 0 : 1, high: counts[at] ?? 0 } }));
    expect(kpi('mttr-high', runs)).toMatchObject({
      status: 'met',
      measured: 'mean 6.0 days of 2; 0 open, 0 of them for longer than 7 days',
    });
    expect(kpi('mttr-critical', runs)).toMatchObject({
      status: 'missed',
      measured: 'none was closed yet; 1 open, 1 of them for longer than 3 days',
    });
    // What a pull request has is not in the default branch yet.
    const proposed = aRunRecord({
      run: 99,
      at: daysAgo(1),
      isDefaultBranch: false,
      vulnerabilities: { critical: 9, high: 9 },
    });
    expect(kpi('mttr-high', [...runs, proposed])).toEqual(kpi('mttr-high', runs));
    const slow = daily(12, (at) => ({ vulnerabilities: { critical: 0, high: at < 9 ? 1 : 0 } }));
    expect(kpi('mttr-high', slow)).toMatchObject({
      status: 'missed',
      measured: expect.stringContaining('mean 9.0 days'),
    });
    const clean = daily(3, () => ({ vulnerabilities: { critical: 0, high: 0 } }));
    expect(kpi('mttr-critical', clean)?.status).toBe('met');
  });

  it('[B57] [B95] take satisfaction from a survey, else from reactions to comments, each pull request once', () => {
    const runs = [1, 2, 3].map((run) =>
      aRunRecord({
        run,
        at: daysAgo(1),
        isDefaultBranch: false,
        pullRequest: run === 3 ? 9 : 8,
        reactions: { positive: run === 3 ? 3 : 5, negative: 1 },
      }),
    );
    expect(kpi('satisfaction', runs)).toMatchObject({
      status: 'met',
      measured: '4.2 of 5 (from reactions; reactions 8 positive, 2 negative)',
    });
    expect(kpi('satisfaction', runs, { survey: 3.5 })).toMatchObject({ status: 'missed' });
    expect(kpi('satisfaction', [])?.measured).toContain('not measured: nobody reacted');
  });

  it('[B97] [A56] count the fixes that people merged, and those that they merged as they were', () => {
    const proposals = { value: { merged: 8, unchanged: 6, closed: 2, open: 4 } };
    expect(kpi('unchanged-fixes', [], { proposals })).toMatchObject({ status: 'missed', measured: '60 % (6 of 10)' });
    expect(kpi('adoption', [], { proposals })).toMatchObject({ status: 'met', measured: '80 % (8 of 10)' });
    for (const [merged, status] of [
      [5, 'missed'],
      [6, 'met'],
    ] as const) {
      const decided = { value: { merged, unchanged: 0, closed: 10 - merged, open: 3 } };
      expect(kpi('adoption', [], { proposals: decided }), `${merged} of 10`).toMatchObject({ status });
    }
    expect(kpi('adoption', [], { proposals: { value: { merged: 0, unchanged: 0, closed: 0, open: 1 } } })?.status).toBe(
      'not-measured',
    );
  });

  it('[A53] [A54] [A55] take response time, accuracy and failure types from the incidents', () => {
    const operation = {
      value: { secondsToComment: 45, accuracy: { right: 8, of: 10 }, analysed: { recognised: 19, of: 20, classes: 7 } },
    };
    expect(kpi('response-time', [], { operation })).toMatchObject({ status: 'met', measured: 'median 45 s' });
    expect(kpi('accuracy', [], { operation })).toMatchObject({ status: 'met', measured: '80 % (8 of 10)' });
    expect(kpi('failure-types', [], { operation })).toMatchObject({
      status: 'met',
      measured: '95 % (19 of 20), 7 kinds of failures',
    });
  });

  it('[B55] say why they are not measured, and never that they are met without a figure', () => {
    for (const one of kpisOf(inputs([]))) {
      expect(one.status).toBe('not-measured');
      expect(one.measured).toMatch(/^not measured: .+/);
    }
  });
});

describe('the insights', () => {
  const slow = daily(30, (at) => ({
    durationSeconds: 600 + 30 * at,
    queueSeconds: 180,
    attempt: at % 5 === 0 ? 2 : 1,
    coverage: 95 - 0.1 * at,
    jobs: [
      { name: 'tests', status: 'success', seconds: 500 + 30 * at, queueSeconds: 180 },
      {
        name: 'e2e | <b>',
        status: at % 4 === 0 ? 'failure' : 'success',
        seconds: at % 7 === 0 ? 900 : 100,
        queueSeconds: 1,
      },
    ],
  }));

  it('[B54] find trends by Theil-Sen and Mann-Kendall', () => {
    const { trends } = insightsOf(inputs(slow));
    expect(trends.find(({ name }) => name === 'build duration')).toMatchObject({
      direction: 'rising',
      trend: { slope: expect.closeTo(30, 6) },
    });
    expect(trends.find(({ name }) => name === 'coverage of the default branch')?.direction).toBe('falling');
    expect(trends.find(({ name }) => name === 'queue time')?.direction).toBe('steady');
    const [few] = insightsOf(inputs(daily(3, () => ({})))).trends;
    expect(few).toMatchObject({ direction: 'unknown', trend: null });
  });

  it('[B56] recommend what the runs show: the slow job, waiting, reruns, failures, growth', () => {
    const advice = insightsOf(inputs(slow)).recommendations.join('\n');
    expect(advice).toContain('The job "tests" takes 15.6 min of 17.3 min');
    expect(advice).toContain('Jobs wait 3.0 min for a runner');
    expect(advice).toContain('6 of 30 runs were started again');
    expect(advice).toContain('failed in 8 of 30 runs of the default branch');
    expect(advice).toContain('The build time rises by 210.0 s a week');
    expect(advice).toContain('The coverage falls by 0.7 points a week');
    expect(insightsOf(inputs(daily(30, () => ({ durationSeconds: 60 })))).recommendations).toEqual([]);
  });

  it('[B54] [B55] [B56] [B57] [B58] are a page with goals, next steps, trends, lost time and satisfaction', () => {
    const page = renderInsights(insightsOf(inputs(slow, { survey: 4.5 })));
    for (const heading of [
      '# CI insights, 2026-11-30',
      '## Goals',
      '## What to do next',
      '## Trends',
      '## Where time is lost',
      '## What developers say',
    ])
      expect(page).toContain(`${heading}\n`);
    expect(page).toContain(
      '| Reruns per successful build | < 5 % | 20.0 % (6 reruns, 30 successful runs) | **missed** |',
    );
    expect(page).toContain('- Reruns per successful build: Find the tests that fail by chance');
    expect(page).toContain('- Survey: 4.5 of 5.');
    expect(page).not.toContain('<b>');
    const widths = page
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.match(/(?<!\\)\|/g)?.length);
    expect(new Set(widths)).toEqual(new Set([5, 7]));
  });

  it('leave out runs outside of the days', () => {
    const old = aRunRecord({ at: daysAgo(31) });
    expect(insightsOf(inputs([old])).runs).toBe(0);
  });
});
