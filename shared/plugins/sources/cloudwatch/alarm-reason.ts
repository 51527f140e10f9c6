import { instantWords } from '@selfheal/kernel/time-words.ts';
import * as z from 'zod';

const Text = z.string().max(2000).catch('');
const Numbers = z.array(z.number().nullable()).max(200).catch([]);

const Metric = z.object({
  id: Text,
  expression: z.string().max(2000).optional().catch(undefined),
  label: z.string().max(500).optional().catch(undefined),
  returnData: z.boolean().catch(true),
  metricStat: z
    .object({
      metric: z.object({ namespace: Text, name: Text, dimensions: z.record(z.string(), z.string()).catch({}) }),
      stat: Text,
    })
    .optional()
    .catch(undefined),
});
type Metric = z.infer<typeof Metric>;

/** What the alarm watches; `metrics` is empty for a composite alarm. CloudWatch user guide, "Alarm events and EventBridge". */
export const AlarmConfiguration = z.object({ metrics: z.array(Metric).max(500).catch([]) }).catch({ metrics: [] });
export type AlarmConfiguration = z.infer<typeof AlarmConfiguration>;

const ReasonData = z.object({
  queryDate: Text,
  period: z.number().positive().nullable().catch(null),
  threshold: z.number().nullable().catch(null),
  recentDatapoints: Numbers,
  recentLowerThresholds: Numbers,
  recentUpperThresholds: Numbers,
  evaluatedDatapoints: z
    .array(z.object({ timestamp: z.string().max(40), value: z.number().optional() }))
    .max(200)
    .catch([]),
});
type ReasonData = z.infer<typeof ReasonData>;

export interface AlarmState {
  readonly reason: string;
  /** JSON, of which CloudWatch documents examples only: what does not parse is left out. */
  readonly reasonData?: string | undefined;
}

const BAND = /^\s*ANOMALY_DETECTION_BAND\s*\(/i;
const NO_DATA = /no datapoints were received for (\d{1,4}) periods?/;
const SOME_MISSING = /(\d{1,4}) missing datapoints? (?:was|were) treated as \[Breaching\]/;
const COMPARED = /was ((?:greater|less) than(?: or equal to)?) the threshold \(([^()]{1,40})\)/;

/**
 * Why the alarm went off, in words, for an alarm that a plain threshold does not explain: missing data, a band of anomaly detection, or metric
 * math. Null for any other, whose reason in CloudWatch's words says it. Tainted, as names, labels and expressions are.
 */
export function alarmReasonWords(state: AlarmState, { metrics }: AlarmConfiguration): string | null {
  const data = readData(state.reasonData);
  const returned = metrics.filter((one) => one.returnData && !BAND.test(one.expression ?? ''));
  const watched = returned[0];
  const silent = NO_DATA.exec(state.reason);
  if (silent !== null) return missingWords(watched, metrics, { periods: Number(silent[1]), data });
  const found = metrics.find(({ expression = '' }) => BAND.test(expression));
  const words = found === undefined ? mathWords(watched, metrics, { state, data }) : bandWords(watched, found, data);
  const missing = Number(SOME_MISSING.exec(state.reason)?.[1] ?? 0);
  if (missing === 0) return words;
  const more = `${missing === 1 ? 'One value is' : `${missing} values are`} missing, which counts as breaching.`;
  return words === null ? more : `${words} ${more}`;
}

function missingWords(
  watched: Metric | undefined,
  metrics: readonly Metric[],
  { periods, data }: { readonly periods: number; readonly data: ReasonData },
): string {
  const since = silentSince(periods, data);
  const when = since === null ? `for ${periods} ${periods === 1 ? 'period' : 'periods'}` : `since ${since}`;
  return `No data came from ${nameOf(watched)} ${when}; the alarm treats missing data as breaching.${partsOf(watched, metrics)}`;
}

/** The beginning of the first period without a value, in UTC; null when it cannot be told. */
function silentSince(periods: number, { evaluatedDatapoints, queryDate, period }: ReasonData): string | null {
  const empty = evaluatedDatapoints
    .filter(({ value }) => value === undefined)
    .map(({ timestamp }) => instantOf(timestamp));
  const [first] = empty.filter((at) => at !== null).sort((a, b) => a - b);
  const asked = instantOf(queryDate);
  if (first !== undefined) return shown(first);
  return asked === null || period === null ? null : shown(asked - periods * period * 1000);
}

function bandWords(watched: Metric | undefined, band: Metric, data: ReasonData): string | null {
  const index = newestIndex(data);
  const value = data.recentDatapoints[index] ?? null;
  const lower = data.recentLowerThresholds[index] ?? null;
  const upper = data.recentUpperThresholds[index] ?? null;
  if (value === null || (lower === null && upper === null)) return null;
  const side = lower !== null && value < lower ? 'below' : upper !== null && value > upper ? 'above' : 'outside';
  const expected =
    lower === null
      ? `up to ${figure(upper)}`
      : upper === null
        ? `from ${figure(lower)}`
        : `${figure(lower)} to ${figure(upper)}`;
  return `${nameOf(watched)} was ${figure(value)}, ${side} the expected band of ${expected} (anomaly detection: ${band.expression}).`;
}

function mathWords(
  watched: Metric | undefined,
  metrics: readonly Metric[],
  { state, data }: { readonly state: AlarmState; readonly data: ReasonData },
): string | null {
  if (watched?.expression === undefined) return null;
  const value = data.recentDatapoints[newestIndex(data)] ?? null;
  const [, compared, threshold] = COMPARED.exec(state.reason) ?? [];
  if (value === null || compared === undefined) return null;
  const limit = data.threshold ?? Number(threshold);
  return `${nameOf(watched)} was ${figure(value)}, ${compared} ${figure(limit)}.${partsOf(watched, metrics)}`;
}

/** The place of the newest value. Where the data do not say the times of values, there is one, or all breach. */
function newestIndex({ recentDatapoints, evaluatedDatapoints }: ReasonData): number {
  const timed = evaluatedDatapoints.flatMap(({ timestamp, value }) => {
    const at = instantOf(timestamp);
    return value === undefined || at === null ? [] : [{ at, value }];
  });
  const [newest] = timed.sort((a, b) => b.at - a.at);
  const index = newest === undefined ? -1 : recentDatapoints.indexOf(newest.value);
  return index === -1 ? recentDatapoints.findLastIndex((value) => value !== null) : index;
}

/** `Error rate (errors / invocations * 100)`, `CPUUtilization (Average, AWS/EC2, InstanceId i-1)`. */
function nameOf(metric: Metric | undefined): string {
  if (metric === undefined) return 'the metric';
  const { expression, label, metricStat, id } = metric;
  if (expression !== undefined) return label === undefined ? `${id} (${expression})` : `${label} (${expression})`;
  return metricStat === undefined ? (label ?? id) : statName(metricStat);
}

function statName({ metric: { namespace, name, dimensions }, stat }: NonNullable<Metric['metricStat']>): string {
  const where = Object.entries(dimensions).map(([key, value]) => `${key} ${value}`);
  return `${name} (${[stat, namespace, ...where].filter((part) => part !== '').join(', ')})`;
}

const MAX_PARTS = 6;

/** The metrics in an expression, by their ids in it; empty for a plain metric. */
function partsOf(watched: Metric | undefined, metrics: readonly Metric[]): string {
  if (watched?.expression === undefined) return '';
  const parts = metrics.filter((one) => one !== watched && !BAND.test(one.expression ?? ''));
  if (parts.length === 0) return '';
  const named = parts
    .slice(0, MAX_PARTS)
    .map((one) => `${one.id} is ${one.metricStat === undefined ? nameOf(one) : statName(one.metricStat)}`);
  const more = parts.length > MAX_PARTS ? `; and ${parts.length - MAX_PARTS} more` : '';
  return ` In it: ${named.join('; ')}${more}.`;
}

/** At most four significant digits after what stands before the point. */
function figure(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return 'unknown';
  return String(Math.abs(value) >= 1000 ? Math.round(value * 10) / 10 : Number(value.toPrecision(4)));
}

function readData(text: string | undefined): ReasonData {
  const parsed = ReasonData.safeParse(jsonOrEmpty(text));
  return parsed.success ? parsed.data : EMPTY;
}

const EMPTY: ReasonData = ReasonData.parse({});

function jsonOrEmpty(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
}

/** CloudWatch writes `2026-03-02T10:00:00.000+0000`, which is not valid ISO 8601, because the offset lacks its colon. */
export const isoInstant = (text: string): string => text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2');

function instantOf(text: string): number | null {
  const at = Date.parse(isoInstant(text));
  return Number.isNaN(at) ? null : at;
}

const shown = (at: number): string => instantWords(new Date(at), 'UTC');
