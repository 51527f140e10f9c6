import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BASELINES,
  Baselines,
  baselineFor,
  lastValues,
  type NewRun,
  withImported,
  withoutRun,
  withRun,
} from '../../../src/domain/gates/baseline.ts';
import { driftOf } from '../../../src/domain/gates/drift.ts';
import { GateSettings } from '../../../src/domain/gates/gate-settings.ts';
import {
  baselineVersions,
  QualityMetricsFile,
  qualityMetricsFile,
  runsOfFile,
} from '../../../src/domain/gates/quality-metrics-file.ts';

const AT = '2026-11-20T12:00:00.000Z';
const aRun = (run: number, metrics: Record<string, number> = { coverage: 90 }, more: Partial<NewRun> = {}): NewRun => ({
  run,
  attempt: 1,
  commit: null,
  at: AT,
  metrics,
  ...more,
});
const recorded = (runs: readonly NewRun[], branch = 'main'): Baselines =>
  runs.reduce<Baselines>((sum, run) => withRun(sum, branch, run) ?? sum, BASELINES.empty);
const runsOf = (baselines: Baselines, branch = 'main') => baselineFor(baselines, branch, null).runs;
const withoutRevision = ({ revision: _, ...rest }: Baselines) => rest;

describe('the baseline of a branch', () => {
  it('[B16] [B17] holds the last ten runs of each metric, though not every run measures it', () => {
    const runs = Array.from({ length: 24 }, (_, at) =>
      aRun(at + 1, { coverage: 70 + at, ...(at % 2 === 0 ? { 'vulnerabilities.high': at } : {}) }),
    );
    const kept = runsOf(recorded(runs));
    expect(lastValues(kept, 'coverage')).toEqual([84, 85, 86, 87, 88, 89, 90, 91, 92, 93]);
    expect(lastValues(kept, 'vulnerabilities.high')).toEqual([4, 6, 8, 10, 12, 14, 16, 18, 20, 22]);
  });

  it('[B19] puts a late older run in its place', () => {
    const late = recorded([aRun(1, { coverage: 81 }), aRun(3, { coverage: 83 }), aRun(2, { coverage: 82 })]);
    expect(lastValues(runsOf(late), 'coverage')).toEqual([81, 82, 83]);
  });

  it('[B19] counts a run that comes twice once', () => {
    const once = recorded([aRun(1)]);
    expect(withRun(once, 'main', aRun(1))).toBeNull();
  });

  it('lets a later attempt replace what it measured again, and joins what jobs of one attempt measured', () => {
    const joined = recorded([
      aRun(1, { coverage: 80 }),
      aRun(1, { 'vulnerabilities.high': 2 }),
      aRun(1, { coverage: 91 }, { attempt: 2 }),
    ]);
    expect(lastValues(runsOf(joined), 'coverage')).toEqual([91]);
    expect(lastValues(runsOf(joined), 'vulnerabilities.high')).toEqual([2]);
  });

  it('[B19] is the same in whatever order runs come, and how often', () => {
    const run = fc.record({
      run: fc.integer({ min: 1, max: 6 }),
      attempt: fc.integer({ min: 1, max: 3 }),
      commit: fc.constantFrom(null, 'a'.repeat(40), 'b'.repeat(40)),
      // A clock that goes back, too.
      at: fc.constantFrom(AT, '2026-11-19T12:00:00.000Z', '2020-01-01T00:00:00.000Z'),
      metrics: fc.dictionary(fc.constantFrom('coverage', 'vulnerabilities.high'), fc.integer({ min: 0, max: 100 }), {
        minKeys: 1,
      }),
    });
    const shuffled = fc
      .array(run, { minLength: 1, maxLength: 12 })
      .chain((runs) =>
        fc.tuple(fc.constant(runs), fc.shuffledSubarray([...runs, ...runs], { minLength: 2 * runs.length })),
      );
    fc.assert(
      fc.property(shuffled, ([runs, again]) => {
        expect(withoutRevision(recorded(again))).toEqual(withoutRevision(recorded(runs)));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a hundred runs, the newest by id', () => {
    const many = recorded(Array.from({ length: 130 }, (_, at) => aRun(130 - at)));
    expect(runsOf(many).map(({ run }) => run)).toEqual(Array.from({ length: 100 }, (_, at) => at + 31));
    expect(Baselines.safeParse(many).success).toBe(true);
  });

  it('compares a run of the branch with those before it, so that recording it changes no verdict', () => {
    const all = recorded([aRun(1), aRun(2), aRun(3), aRun(4)]);
    expect(baselineFor(all, 'main', 3).runs.map(({ run }) => run)).toEqual([1, 2]);
    expect(baselineFor(all, 'main', 9).runs).toHaveLength(4);
  });

  it('takes the runs along when the default branch gets another name', () => {
    const before = recorded([aRun(1), aRun(2)], 'master');
    expect(baselineFor(before, 'main', null)).toMatchObject({ branch: 'master', instead: 'master' });
    const renamed = withRun(before, 'main', aRun(3));
    expect(renamed?.defaultBranch).toBe('main');
    expect(runsOf(renamed ?? before).map(({ run }) => run)).toEqual([1, 2, 3]);
    expect(renamed?.changes).toEqual([{ at: AT, kind: 'renamed', what: 'master is now main' }]);
  });

  it('uses the default branch for a branch that has no baseline of its own', () => {
    expect(baselineFor(recorded([aRun(1)]), 'release/2', null)).toMatchObject({ branch: 'main', instead: 'main' });
    expect(baselineFor(BASELINES.empty, 'release/2', null)).toEqual({ branch: 'release/2', runs: [], instead: null });
  });

  it('forgets a run that measured something wrong, and keeps a note of it', () => {
    const less = withoutRun(recorded([aRun(1), aRun(2)]), 'main', 2, AT);
    expect(runsOf(less ?? BASELINES.empty).map(({ run }) => run)).toEqual([1]);
    expect(less?.changes).toEqual([{ at: AT, kind: 'forgotten', what: 'run 2 of main' }]);
    expect(withoutRun(recorded([aRun(1)]), 'main', 9, AT)).toBeNull();
  });

  it.each([
    ['another version', { version: 2 }],
    [
      'a negative count',
      {
        branches: [
          { branch: 'main', runs: [{ ...aRun(1), metrics: { 'vulnerabilities.high': { value: -1, attempt: 1 } } }] },
        ],
      },
    ],
    [
      'a value that is no number',
      { branches: [{ branch: 'main', runs: [{ ...aRun(1), metrics: { coverage: { value: null, attempt: 1 } } }] }] },
    ],
    [
      'an unknown metric',
      { branches: [{ branch: 'main', runs: [{ ...aRun(1), metrics: { speed: { value: 1, attempt: 1 } } }] }] },
    ],
    [
      'runs out of order',
      { branches: [{ branch: 'main', runs: [2, 1].map((run) => ({ ...aRun(run), metrics: {} })) }] },
    ],
    ['a run twice', { branches: [{ branch: 'main', runs: [1, 1].map((run) => ({ ...aRun(run), metrics: {} })) }] }],
  ])('is refused with %s', (_, change) => {
    expect(Baselines.safeParse({ ...BASELINES.empty, ...change }).success).toBe(false);
  });
});

describe('the file of a baseline', () => {
  const runs = Array.from({ length: 12 }, (_, at) =>
    aRun(at + 1, { coverage: 80 + at, 'vulnerabilities.high': 1 }, { commit: 'c'.repeat(40) }),
  );

  it('[B23] has baseline and history, and gives the same baseline when it is imported', () => {
    const baselines = recorded(runs);
    const file = qualityMetricsFile('main', runsOf(baselines), { at: AT, asOf: null });
    expect(QualityMetricsFile.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
    expect(file).toMatchObject({
      version: 1,
      branch: 'main',
      updated_at: AT,
      baseline: { coverage: { value: 86.5, runs: 10 }, 'vulnerabilities.high': { value: 1, runs: 10 } },
    });
    expect(file.history[0]).toEqual({
      timestamp: AT,
      workflow_run_id: 1,
      attempt: 1,
      commit: 'c'.repeat(40),
      metrics: { coverage: 80, 'vulnerabilities.high': 1 },
    });
    const imported = withImported(BASELINES.empty, 'main', runsOfFile(file), { at: AT, from: 'quality_metrics.json' });
    expect(runsOf(imported)).toEqual(runsOf(baselines));
    const twice = withImported(imported, 'main', runsOfFile(file), { at: AT, from: 'quality_metrics.json' });
    expect(runsOf(twice)).toEqual(runsOf(baselines));
  });

  it('[B103] has a version after each run', () => {
    const versions = baselineVersions(runsOf(recorded(runs)), 3);
    expect(versions.map(({ run, baseline }) => [run, baseline.coverage?.value])).toEqual([
      [12, 86.5],
      [11, 85.5],
      [10, 84.5],
    ]);
    expect(qualityMetricsFile('main', runsOf(recorded(runs)), { at: AT, asOf: 11 }).baseline).toEqual(
      versions[1]?.baseline,
    );
  });
});

describe('the drift of a baseline', () => {
  const NOW = new Date('2026-11-20T12:00:00.000Z');
  const settings = GateSettings.parse({});
  const DAY = 24 * 60 * 60 * 1000;
  /** A run each eight hours, the last one now. */
  const history = (values: readonly number[]) =>
    runsOf(
      recorded(
        values.map((coverage, at) =>
          aRun(
            at + 1,
            { coverage },
            { at: new Date(NOW.getTime() - (values.length - 1 - at) * (DAY / 3)).toISOString() },
          ),
        ),
      ),
    );

  it('[B103] shows a decline that no single check could see', () => {
    const creeping = Array.from({ length: 42 }, (_, at) => 95 - 0.2 * at);
    const [drift] = driftOf(history(creeping), { now: NOW, days: 7, settings });
    expect(drift).toMatchObject({ metric: 'coverage', direction: 'worse' });
    expect(drift?.before).toBeCloseTo(92.1, 1);
    expect(drift?.now).toBeCloseTo(87.7, 1);
    expect(drift?.explanation).toContain('It gets worse, though each run passed');
  });

  it('[B103] calls noise steady, and a rise better', () => {
    const noise = Array.from({ length: 42 }, (_, at) => 90 + [0.4, -0.3, 0.1, -0.4, 0.2][at % 5]!);
    expect(driftOf(history(noise), { now: NOW, days: 7, settings })[0]?.direction).toBe('steady');
    const rising = Array.from({ length: 42 }, (_, at) => 80 + 0.3 * at);
    expect(driftOf(history(rising), { now: NOW, days: 7, settings })[0]?.direction).toBe('better');
  });

  it('says that it knows too little, and that the noise is wider than the delta', () => {
    const [few] = driftOf(history([90, 91]), { now: NOW, days: 7, settings });
    expect(few).toMatchObject({ direction: 'unknown', explanation: expect.stringContaining('too few runs') });
    const wild = Array.from({ length: 42 }, (_, at) => 90 + (at % 2 === 0 ? 5 : -5));
    expect(driftOf(history(wild), { now: NOW, days: 7, settings })[0]).toMatchObject({ noisy: true });
  });
});
