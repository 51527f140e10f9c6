import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GateSettings } from '../../../src/domain/gates/gate-settings.ts';
import { judgeLimit, judgeRegression } from '../../../src/domain/gates/judge-metric.ts';
import { metricKindOf, metricProblem } from '../../../src/domain/gates/metric-kind.ts';

const SETTINGS = GateSettings.parse({ vulnerabilityGating: true });
const judge = (metric: string, current: number, values: readonly number[] | null, settings = SETTINGS) =>
  judgeRegression({ metric, current, values, settings });
const ten = (value: number): number[] => Array.from({ length: 10 }, () => value);

describe('the verdict about a regression', () => {
  it.each([
    ['[B16] [B18] [B20] coverage down by the delta', 'coverage', 85, ten(90), 'passed'],
    ['[B16] [B18] [B20] coverage down by more than the delta', 'coverage', 84.9, ten(90), 'failed'],
    ['coverage that rose', 'coverage', 99, ten(90), 'passed'],
    ['[B17] [B18] [B21] three more high vulnerabilities', 'vulnerabilities.high', 5, ten(2), 'passed'],
    ['[B17] [B18] [B21] four more high vulnerabilities', 'vulnerabilities.high', 6, ten(2), 'failed'],
    ['[B17] [B18] [B22] one more critical vulnerability', 'vulnerabilities.critical', 1, ten(0), 'passed'],
    ['[B17] [B18] [B22] two more critical vulnerabilities', 'vulnerabilities.critical', 2, ten(0), 'failed'],
    ['a run that took twice as long', 'duration', 200, ten(100), 'passed'],
    ['a run that took longer than twice', 'duration', 201, ten(100), 'failed'],
    ['[B24] a first run five points below 90 %', 'coverage', 85, [], 'passed'],
    ['[B24] a first run more than five points below 90 %', 'coverage', 84, [], 'failed'],
    ['[B24] a first run with four high vulnerabilities', 'vulnerabilities.high', 4, [], 'failed'],
    ['[B91] the first duration, which nothing is known about', 'duration', 4000, [], 'skipped'],
    ['a baseline that cannot be read', 'coverage', 10, null, 'skipped'],
  ] as const)('of %s', (_, metric, current, values, status) => {
    expect(judge(metric, current, values)).toMatchObject({ status, current });
  });

  it('[B16] compares with the mean', () => {
    expect(judge('coverage', 90, [80, 82, 84, 86, 88, 90, 92, 94, 96, 98])).toMatchObject({ baseline: 89, delta: 1 });
  });

  it('[B28] says current, baseline, delta, threshold and the verdict in one line', () => {
    expect(judge('coverage', 80, ten(92.1)).explanation).toBe(
      'coverage: current 80.0 %, baseline 92.1 % (mean of 10 runs), delta -12.1 points, threshold 87.1 % (delta -5.0 points): FAIL',
    );
    expect(judge('vulnerabilities.high', 4, [2]).explanation).toBe(
      'vulnerabilities.high: current 4, baseline 2 (mean of 1 run), delta +2, threshold 5 (delta +3): PASS',
    );
  });

  it('[B25] leaves vulnerabilities out unless they are switched on', () => {
    const off = GateSettings.parse({});
    expect(judge('vulnerabilities.critical', 50, ten(0), off)).toMatchObject({
      status: 'skipped',
      explanation: expect.stringContaining('VULN_GATING=1 enables it'),
    });
    const limit = {
      name: 'vulnerabilities.high.maximum',
      metric: 'vulnerabilities.high',
      limit: 10,
      setting: 'MAX_HIGH',
    };
    expect(judgeLimit({ ...limit, current: 11, settings: off }).status).toBe('skipped');
  });

  it('allows what the last runs show to be noise, and says so', () => {
    const noisy = [84, 96, 88, 93, 85, 95, 90, 87, 94, 88];
    const verdict = judge('coverage', 82, noisy);
    expect(verdict).toMatchObject({
      status: 'passed',
      explanation: expect.stringContaining('(noise of the last 10 runs)'),
    });
    expect(verdict.threshold).toBeLessThan(85);
    expect(judge('coverage', 70, noisy).status).toBe('failed');
  });

  it('is not blinded by one wrong measurement in the baseline', () => {
    const verdict = judge('coverage', 60, [90, 91, 90, 92, 91, 90, 91, 92, 90, 20]);
    expect(verdict).toMatchObject({ status: 'failed', explanation: expect.stringContaining('delta -5.0 points') });
  });

  it.each([1, 2, 3])('lets the delta decide alone after %d runs', (runs) => {
    expect(judge('coverage', 80, [70, 99, 90].slice(0, runs)).explanation).toContain('delta -5.0 points');
  });

  it('keeps a narrow delta where the last runs were quiet', () => {
    const settings = GateSettings.parse({ deltaCoverage: 0.5 });
    const quiet = [90, 90.05, 89.95, 90, 90.05, 90, 89.95, 90, 90, 90];
    expect(judge('coverage', 89.3, quiet, settings).status).toBe('failed');
  });

  it('never allows less than the delta, and gives the same verdict in any order of the values', () => {
    const runs = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(runs, fc.double({ min: 0, max: 100, noNaN: true }), (values, current) => {
        const verdict = judge('coverage', current, values);
        const { baseline, threshold } = verdict;
        if (baseline === null || threshold === null) throw new Error('no baseline');
        expect(threshold).toBeLessThanOrEqual(baseline - 5 + 1e-6);
        expect(judge('coverage', current, values.toReversed()).status).toBe(verdict.status);
        expect(verdict.status).toBe(current < threshold - 1e-9 ? 'failed' : 'passed');
      }),
    );
  });
});

describe('a limit that holds whatever was before', () => {
  const limits = [
    ['[B29] 90 % coverage is enough', 'coverage', 90, 90, 'passed'],
    ['[B29] 89.9 % is not, even without a regression', 'coverage', 89.9, 90, 'failed'],
    ['[B26] ten high vulnerabilities are allowed', 'vulnerabilities.high', 10, 10, 'passed'],
    ['[B26] eleven are not', 'vulnerabilities.high', 11, 10, 'failed'],
    ['[B27] two critical vulnerabilities are allowed', 'vulnerabilities.critical', 2, 2, 'passed'],
    ['[B27] three are not', 'vulnerabilities.critical', 3, 2, 'failed'],
  ] as const;
  it.each(limits)('%s', (_, metric, current, limit, status) => {
    const verdict = judgeLimit({ name: metric, metric, current, limit, setting: 'LIMIT', settings: SETTINGS });
    expect(verdict.status).toBe(status);
    expect(verdict.explanation).toMatch(status === 'passed' ? /: PASS$/ : /: FAIL$/);
  });
});

describe('the settings', () => {
  it('[B20] [B21] [B22] [B25] [B26] [B27] [B29] are those of the documents unless somebody says otherwise', () => {
    expect(GateSettings.parse({})).toMatchObject({
      deltaCoverage: 5,
      deltaHigh: 3,
      deltaCritical: 1,
      vulnerabilityGating: false,
      maxHigh: 10,
      maxCritical: 2,
      minCoverage: 90,
    });
  });
});

describe('the values of a metric', () => {
  it.each([
    ['coverage', Number.NaN],
    ['coverage', Number.POSITIVE_INFINITY],
    ['coverage', 100.1],
    ['coverage', -1],
    ['vulnerabilities.high', -1],
    ['vulnerabilities.high', 1.5],
    ['duration', -0.1],
    ['duration', 1e12],
    ['speed', 1],
    ['__proto__', 1],
    ['coverage.', 1],
    ['coverage.a.b', 1],
  ])('cannot be %s = %d', (name, value) => {
    expect(metricProblem(name, value)).toMatch(/\.$/);
  });

  it('can be what reports say', () => {
    for (const [name, value] of [
      ['coverage', 0],
      ['coverage.branches', 100],
      ['vulnerabilities.high', 0],
      ['duration.unit-tests', 0.25],
    ] as const)
      expect(metricProblem(name, value)).toBeNull();
    expect(metricKindOf('queue')?.unit).toBe('seconds');
  });
});
