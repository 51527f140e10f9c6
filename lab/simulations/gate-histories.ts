import { studentQuantile } from '@selfheal/kernel/numbers/sample.ts';
import { normalFrom, numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { normalTail } from '@selfheal/kernel/numbers/trend.ts';
import { lastValues, type RecordedRun } from '@selfheal/pull-request-quality/domain/gates/baseline.ts';
import { GateSettings } from '@selfheal/pull-request-quality/domain/gates/gate-settings.ts';
import { allowedDelta, judgeRegression } from '@selfheal/pull-request-quality/domain/gates/judge-metric.ts';
import { type MetricKind, metricKindOf } from '@selfheal/pull-request-quality/domain/gates/metric-kind.ts';

/** The seed that the rule was tuned with, and one that was never looked at before the rule was fixed. */
export const GATE_SEEDS = { tuning: 20261, unseen: 77003 } as const;
export const GATE_HISTORIES = 1000;
/** Share of false alarms that is promised. */
const MAX_FALSE_ALARMS = 0.02;
const SETTINGS = GateSettings.parse({ vulnerabilityGating: true });
/** Checks of each history: a history is the unit, so that each counts the same. */
export const GATE_CHECKS = 20;

type Family = 'coverage' | 'duration' | 'count';
const METRICS: Readonly<Record<Family, string>> = {
  coverage: 'coverage',
  duration: 'duration',
  count: 'vulnerabilities.high',
};

/** What a simulated project is like. */
interface Project {
  readonly family: Family;
  readonly level: number;
  /** Points, standard deviation of the logarithm, or nothing for counts: theirs is the root of the level. */
  readonly noise: number;
  /** Change per run: points, or as a share of the level. */
  readonly drift: number;
}

export interface GateFigures {
  readonly group: string;
  readonly histories: number;
  /** Share of runs without a regression that failed. */
  readonly falseAlarms: number;
  /** Share of runs that are worse by twice the configured delta and failed. */
  readonly caughtConfigured: number;
  /** Share of such regressions of which at least one of the first three runs failed, each judged alone against the same baseline. */
  readonly caughtWithinThree: number;
  /** What a rule can catch at most of them that knows level and noise of each project exactly, at 2 % false alarms. */
  readonly ceiling: number;
  /** Share of runs that are worse by twice what the gate allows, delta or noise, on the metric's scale, and failed. */
  readonly caughtEffective: number;
}

/** Simulated histories of one metric each: a third coverage, a third durations, a third counts; a third of them drift, and runs are missing. */
export function simulateGates(seed: number, histories = GATE_HISTORIES): GateFigures[] {
  const random = numbersFrom(seed);
  // Of its own, so that the other figures do not depend on it.
  const laterRuns = numbersFrom(seed + 1);
  const results = Array.from({ length: histories }, (_, at) => {
    const project = aProject((['coverage', 'duration', 'count'] as const)[at % 3] ?? 'coverage', random);
    return { project, ...checked(project, random, laterRuns) };
  });
  const groups: readonly (readonly [string, (project: Project) => boolean])[] = [
    ['all', () => true],
    ['coverage, sd 0.2 to 1 points', ({ family, noise }) => family === 'coverage' && noise < 1],
    ['coverage, sd 1 to 2 points', ({ family, noise }) => family === 'coverage' && noise >= 1 && noise < 2],
    ['coverage, sd 2 to 3 points', ({ family, noise }) => family === 'coverage' && noise >= 2],
    ['durations, 10 to 20 %', ({ family, noise }) => family === 'duration' && noise < 0.2],
    ['durations, 20 to 30 %', ({ family, noise }) => family === 'duration' && noise >= 0.2 && noise < 0.3],
    ['durations, 30 to 40 %', ({ family, noise }) => family === 'duration' && noise >= 0.3],
    ['counts, mean 0 to 3', ({ family, level }) => family === 'count' && level < 3],
    ['counts, mean 3 to 20', ({ family, level }) => family === 'count' && level >= 3],
  ];
  return groups.map(([group, belongs]) => {
    const members = results.filter(({ project }) => belongs(project));
    const share = (of: (one: (typeof results)[number]) => number): number =>
      members.reduce((sum, one) => sum + of(one), 0) / members.length;
    return {
      group,
      histories: members.length,
      falseAlarms: share((one) => one.falseAlarms),
      caughtConfigured: share((one) => one.caughtConfigured),
      caughtWithinThree: share((one) => one.caughtWithinThree),
      ceiling: share((one) => one.ceiling),
      caughtEffective: share((one) => one.caughtEffective),
    };
  });
}

function aProject(family: Family, random: () => number): Project {
  const drifts = random() < 1 / 3;
  const sign = random() < 0.5 ? -1 : 1;
  const size = drifts ? sign * random() : 0;
  if (family === 'coverage')
    return { family, level: 60 + 30 * random(), noise: 0.2 + 2.8 * random(), drift: 0.05 * size };
  if (family === 'duration')
    return { family, level: 60 * 60 ** random(), noise: 0.1 + 0.3 * random(), drift: 0.005 * size };
  return { family, level: 20 ** random() - 0.9, noise: 0, drift: 0.005 * size };
}

/** The level after so many runs. */
function levelAt({ family, level, drift }: Project, run: number): number {
  return family === 'coverage' ? level + drift * run : level * Math.exp(drift * run);
}

function measure(family: Family, level: number, noise: number, random: () => number): number {
  if (family === 'coverage') return Math.min(100, Math.max(0, level + noise * normalFrom(random)));
  if (family === 'duration') return level * Math.exp(noise * normalFrom(random));
  return poissonFrom(level, random);
}

/** D. E. Knuth, "Seminumerical Algorithms", 3.4.1. */
function poissonFrom(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

function checked(project: Project, random: () => number, laterRuns: () => number) {
  const { family, noise } = project;
  const metric = METRICS[family];
  const kind = metricKindOf(metric);
  if (kind === null) throw new RangeError(metric);
  const tally = { falseAlarms: 0, caughtConfigured: 0, caughtWithinThree: 0, caughtEffective: 0 };
  for (let check = 0; check < GATE_CHECKS; check += 1) {
    const { runs, length } = aHistory(project, metric, random);
    const values = lastValues(runs, metric);
    const fails = (current: number) => judgeRegression({ metric, current, values, settings: SETTINGS });
    const level = levelAt(project, length);
    const normal = fails(measure(family, level, noise, random));
    if (normal.status === 'failed') tally.falseAlarms += 1;
    const allowed = allowedDelta(metric, kind, normal.baseline ?? level, SETTINGS);
    const configured = worsened(kind, level, 2 * allowed);
    const isCaught = fails(measure(family, configured, noise, random)).status === 'failed';
    if (isCaught) tally.caughtConfigured += 1;
    const later = [1, 2].map(() => fails(measure(family, configured, noise, laterRuns)).status);
    if (isCaught || later.includes('failed')) tally.caughtWithinThree += 1;
    const effective = kind.scale(normal.threshold ?? level) - kind.scale(normal.baseline ?? level);
    const twice = Math.max(0, kind.unscale(kind.scale(level) + 2 * effective));
    if (fails(measure(family, twice, noise, random)).status === 'failed') tally.caughtEffective += 1;
  }
  return {
    falseAlarms: tally.falseAlarms / GATE_CHECKS,
    caughtConfigured: tally.caughtConfigured / GATE_CHECKS,
    caughtWithinThree: tally.caughtWithinThree / GATE_CHECKS,
    caughtEffective: tally.caughtEffective / GATE_CHECKS,
    ceiling: ceilingOf(project),
  };
}

const worsened = ({ worse }: MetricKind, level: number, by: number): number =>
  worse === 'lower' ? Math.max(0, level - by) : level + by;

/** Six to forty runs, of which one in seven is missing. */
function aHistory(project: Project, metric: string, random: () => number): { runs: RecordedRun[]; length: number } {
  const length = 6 + Math.floor(35 * random());
  const runs = Array.from({ length }, (_, at) => ({
    run: at + 1,
    attempt: 1,
    commit: null,
    at: new Date(Date.UTC(2026, 0, 1) + at * 3_600_000).toISOString(),
    metrics: {
      [metric]: { value: measure(project.family, levelAt(project, at), project.noise, random), attempt: 1 },
    },
  })).filter(() => random() > 1 / 7);
  return { runs, length };
}

/** The most powerful test at 2 % false alarms (J. Neyman and E. S. Pearson, 1933), of one value against ten. */
function ceilingOf({ family, level, noise }: Project): number {
  if (family === 'count') return countCeiling(level, level + 2 * SETTINGS.deltaHigh);
  const shift = family === 'coverage' ? 2 * SETTINGS.deltaCoverage : Math.log(1 + (2 * SETTINGS.deltaDuration) / 100);
  const z = shift / (noise * Math.sqrt(1 + 1 / 10)) - studentQuantile(1e6, MAX_FALSE_ALARMS);
  return z >= 0 ? 1 - normalTail(z) : normalTail(-z);
}

/** The same for a Poisson count whose mean is known; it decides at random on the bound. */
function countCeiling(usual: number, worse: number): number {
  let [tail, power] = [1, 1];
  let [usualTerm, worseTerm] = [Math.exp(-usual), Math.exp(-worse)];
  for (let count = 0; ; count += 1) {
    if (tail - usualTerm <= MAX_FALSE_ALARMS) {
      const share = usualTerm <= 0 ? 0 : (MAX_FALSE_ALARMS - (tail - usualTerm)) / usualTerm;
      return Math.min(1, power - worseTerm + share * worseTerm);
    }
    tail -= usualTerm;
    power -= worseTerm;
    usualTerm *= usual / (count + 1);
    worseTerm *= worse / (count + 1);
  }
}
