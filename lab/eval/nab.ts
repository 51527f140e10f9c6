import { join } from 'node:path';
import { makeMetricDetector } from '@selfheal/anomaly/metric-detector.ts';
import { makeMetricRowParser } from '@selfheal/anomaly/metric-row.ts';
import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { figuresByGroup, groupBootstrap, groupBy, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import { linesOf, readCaseText } from '../labels/read-labels.ts';
import {
  bestThreshold,
  normalisedScore,
  type RowWindow,
  type ScoredSeries,
  type SeriesScore,
  scoreSeries,
} from './nab-scorer.ts';
import { perturbed } from './perturbed-series.ts';
import type { Suite } from './suite.ts';
import { windowedGaussianScores } from './windowed-gaussian.ts';

const Windows = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));

/** The default threshold of the detector. */
const SHIPPED_THRESHOLD = 0.5;

interface Series {
  readonly name: string;
  readonly group: string;
  readonly values: readonly number[];
  readonly windows: readonly RowWindow[];
}

/** A series with the scores of its rows. */
interface SeriesWithBaseline extends Series {
  readonly scores: readonly number[];
  readonly baseline: readonly number[];
}

/** The NAB scores of the detector and the baseline on one series. */
interface Comparison {
  readonly group: string;
  readonly detector: SeriesScore;
  readonly baseline: SeriesScore;
}

/** Score of the series after each change of `perturbed-series.ts`, and the mean of all. */
function perturbedFigures(series: readonly Series[]): Figure[] {
  const byChange = new Map<string, SeriesScore[]>();
  series.forEach((one, seed) => {
    for (const { name, series: changed } of perturbed(one, seed)) {
      const score = scoreSeries(
        { scores: detectorScores(changed.values), windows: changed.windows },
        SHIPPED_THRESHOLD,
      );
      byChange.set(name, [...(byChange.get(name) ?? []), score]);
    }
  });
  const figures = [...byChange].map(([name, scores]) => ({
    name: `standard profile, ${name}`,
    value: normalisedScore(scores),
    cases: scores.length,
  }));
  const mean = figures.reduce((sum, { value }) => sum + value, 0) / figures.length;
  return [...figures, { name: 'standard profile, mean of the changed series', value: mean, cases: series.length }];
}

const secondsOf = (timestamp: string): string => timestamp.slice(0, 19);

async function readSeries(dataDir: string, name: string, labels: readonly (readonly string[])[]): Promise<Series> {
  const text = await readCaseText(dataDir, join('data', `${name}.gz`)).catch(() =>
    readCaseText(dataDir, join('data', name)),
  );
  const parser = makeMetricRowParser();
  const rows = linesOf(text).flatMap((line) => {
    const parsed = parser.next(line);
    return parsed.kind === 'row' ? [parsed.row] : [];
  });
  const times = rows.map(({ timestamp }) => secondsOf(timestamp));
  const rowOf = (timestamp = ''): number => {
    const row = times.indexOf(secondsOf(timestamp));
    if (row < 0)
      throw new InvalidInput(
        `${name}: a labelled window begins or ends at ${timestamp}, but no row has this timestamp. Download the data again.`,
      );
    return row;
  };
  const windows = labels.map(([first, last]) => ({ first: rowOf(first), last: rowOf(last) }));
  return { name, group: name.split('/')[0] ?? name, values: rows.map(({ value }) => value ?? Number.NaN), windows };
}

function detectorScores(values: readonly number[]): number[] {
  const detector = makeMetricDetector();
  return values.map((value) => detector.next(value).score);
}

const baselineOf = ({ baseline, windows }: SeriesWithBaseline): ScoredSeries => ({ scores: baseline, windows });

/** Scores both. The baseline gets the best threshold for these very series, the detector its default. */
function compare(series: readonly SeriesWithBaseline[]): Comparison[] {
  const threshold = bestThreshold(series.map(baselineOf));
  return series.map((one) => ({
    group: one.group,
    detector: scoreSeries(one, SHIPPED_THRESHOLD),
    baseline: scoreSeries(baselineOf(one), threshold),
  }));
}

/** Normalised score when each group of series uses the best threshold of the other groups. */
function leaveGroupOut(series: readonly (ScoredSeries & { readonly group: string })[]): number {
  const scored = [...groupBy(series, ({ group }) => group)].flatMap(([group, members]) => {
    const threshold = bestThreshold(series.filter((one) => one.group !== group));
    return members.map((one) => scoreSeries(one, threshold));
  });
  return normalisedScore(scored);
}

const detectorScore = (series: readonly Comparison[]): number =>
  normalisedScore(series.map(({ detector }) => detector));
const baselineScore = (series: readonly Comparison[]): number =>
  normalisedScore(series.map(({ baseline }) => baseline));
const margin = (series: readonly Comparison[]): number => detectorScore(series) - baselineScore(series);

/** One figure with a bootstrap interval over the series. Cases are labelled windows; empty without windows. */
function scoreFigure(
  name: string,
  series: readonly Comparison[],
  statistic: (some: readonly Comparison[]) => number,
  goal?: number,
): Figure[] {
  const cases = series.reduce((sum, { detector }) => sum + detector.windows, 0);
  if (cases === 0) return [];
  const single = series.map((one) => [one]);
  const interval = groupBootstrap(single, statistic);
  const limits = present({ goal, interval });
  return [{ name, value: statistic(series), cases, ...limits }];
}

function figuresOf(series: readonly Comparison[]): Figure[] {
  const falseAlarms = series.reduce((sum, { detector }) => sum + detector.falsePositives, 0);
  const found = series.reduce((sum, { detector }) => sum + detector.found, 0);
  const windows = series.reduce((sum, one) => sum + one.detector.windows, 0);
  return [
    ...scoreFigure('standard profile', series, detectorScore),
    ...scoreFigure('windowed Gaussian', series, baselineScore),
    ...proportion('windows found', found, windows),
    { name: 'false alarms per series', value: falseAlarms / series.length, cases: series.length },
  ];
}

export const nab: Suite = {
  name: 'nab',
  summary: 'anomalies of metric series: the NAB score, standard profile, against a windowed Gaussian',
  async run(dataDir, { progress, now }) {
    const labels = Windows.parse(JSON.parse(await readCaseText(dataDir, 'labels/combined_windows.json')));
    const series: Series[] = [];
    for (const [name, windows] of Object.entries(labels)) series.push(await readSeries(dataDir, name, windows));
    const rows = series.reduce((sum, { values }) => sum + values.length, 0);
    progress(`${series.length} series, ${rows} rows`);
    const started = now();
    const scores = series.map(({ values }) => detectorScores(values));
    const seconds = Math.max(1e-3, (now() - started) / 1000);
    const judged = series.map((one, at) => ({
      ...one,
      scores: scores[at] ?? [],
      baseline: windowedGaussianScores(one.values),
    }));
    const compared = compare(judged);
    return {
      figures: [
        ...figuresOf(compared),
        ...scoreFigure('points above windowed Gaussian', compared, margin, 25),
        { name: 'with the threshold of the other groups', value: leaveGroupOut(judged), cases: series.length },
        {
          name: 'windowed Gaussian, likewise',
          value: leaveGroupOut(judged.map((one) => ({ group: one.group, ...baselineOf(one) }))),
          cases: series.length,
        },
        ...perturbedFigures(series),
        { name: 'rows per second', value: rows / seconds, cases: rows },
      ],
      byGroup: figuresByGroup(compared, ({ group }) => group, figuresOf),
    };
  },
};
