import type { MetricFamily, MetricSample } from './prometheus.ts';

/** Labels of a counter, each with a value from a closed list or a path of the API. */
export type CounterLabels = Readonly<Record<string, string>>;

/** One counter and how much is added to it, or its total. */
export interface Count {
  /** In snake case, without the prefix `selfheal_`: `requests_total`; of a histogram `time_to_heal_seconds_bucket` and `..._sum`. */
  readonly name: string;
  readonly labels: CounterLabels;
  readonly value: number;
}

interface CountedMetric {
  readonly help: string;
  /** Upper bounds in the metric's unit, ascending; a counter has none. */
  readonly bounds?: readonly number[];
}

/** Seconds that people and workflows take: from one to a day. */
const LONG = [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21_600, 86_400];
/** Seconds that a message waits in a queue. */
const SHORT = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900];

/** Whatever is counted for as long as a deployment lives, by name. `/metrics`, the guide and the dashboards are made from it. */
export const COUNTED_METRICS = {
  requests_total: { help: 'Requests to the API, by route and method. Health checks are not counted.' },
  errors_total: { help: 'Requests that were answered with an error, by route: 4xx of the caller, 5xx of Selfheal.' },
  anomalies_total: { help: 'Unusual lines that were found in logs, by the route that was asked.' },
  predictions_total: { help: 'Causes that were predicted from logs, by the route that was asked.' },
  recommendations_total: { help: 'Remedies that were recommended, by the route that was asked.' },
  searches_total: { help: 'Searches among past incidents and advice, by the route that was asked.' },
  incidents_total: { help: 'Incidents that ended, by outcome. One that was opened again counts again.' },
  time_to_comment_seconds: {
    help: 'From the opening of an incident until people were first told of it, by channel.',
    bounds: LONG,
  },
  time_to_heal_seconds: { help: 'From the opening of an incident until it was resolved.', bounds: LONG },
  actions_total: { help: 'Actions of incidents that ended, by action and outcome.' },
  action_duration_seconds: {
    help: 'From the intent of an action until its incident ended, of actions that were verified.',
    bounds: LONG,
  },
  notifications_total: { help: 'Messages about incidents, by channel: sent, or failed.' },
  llm_answers_total: { help: 'Diagnoses that a language model was asked for, by provider and model.' },
  llm_tokens_total: { help: 'Tokens of language models, by provider, model and kind; input without what was cached.' },
  llm_cost_dollars_total: { help: 'Cost of language models, where a price is configured, by provider and model.' },
  queue_wait_seconds: {
    help: 'From the arrival of a message in a queue until it was first taken.',
    bounds: SHORT,
  },
} as const satisfies Readonly<Record<string, CountedMetric>>;

type Names = typeof COUNTED_METRICS;
export type HistogramName = {
  [N in keyof Names]: Names[N] extends { readonly bounds: readonly number[] } ? N : never;
}[keyof Names];
export type CounterName = Exclude<keyof Names, HistogramName>;

/** A bound as both formats take it: OpenMetrics demands a decimal point. */
const boundOf = (bound: number): string => (Number.isInteger(bound) ? `${bound}.0` : String(bound));
const INFINITE = '+Inf';

/**
 * What one observation adds to a histogram: one to the smallest bucket that holds it, and its value to the sum. Buckets are stored apart and summed up
 * when they are read, so that an observation is one write.
 */
export function observation(name: HistogramName, labels: CounterLabels, value: number): Count[] {
  const held = Math.max(0, Math.round(value * 1000) / 1000);
  const bound = COUNTED_METRICS[name].bounds.find((one) => held <= one);
  return [
    { name: `${name}_bucket`, labels: { ...labels, le: bound === undefined ? INFINITE : boundOf(bound) }, value: 1 },
    ...(held === 0 ? [] : [{ name: `${name}_sum`, labels, value: held }]),
  ];
}

/** The totals of a deployment as metrics. Those that this version does not know are left out. */
export const countedFamilies = (totals: readonly Count[]): MetricFamily[] =>
  Object.entries<CountedMetric>(COUNTED_METRICS).map(([name, { help, bounds }]) => ({
    name: `selfheal_${name}`,
    help,
    ...(bounds === undefined
      ? {
          type: 'counter' as const,
          samples: totals.filter((one) => one.name === name).map(({ labels, value }) => ({ labels, value })),
        }
      : { type: 'histogram' as const, samples: histogramOf(name, bounds, totals) }),
  }));

function histogramOf(name: string, bounds: readonly number[], totals: readonly Count[]): MetricSample[] {
  const buckets = totals.filter((one) => one.name === `${name}_bucket`);
  const seriesOf = ({ le: _, ...labels }: CounterLabels): string => JSON.stringify(Object.entries(labels).sort());
  return [...Map.groupBy(buckets, ({ labels }) => seriesOf(labels))].flatMap(([series, own]) => {
    const labels = Object.fromEntries(JSON.parse(series) as [string, string][]);
    // A bucket of an earlier version, whose bound is no more, counts from the next bound on.
    const upTo = (bound: number): number =>
      own
        .filter(({ labels: { le } }) => le !== INFINITE && Number(le) <= bound)
        .reduce((sum, { value }) => sum + value, 0);
    const count = own.reduce((sum, { value }) => sum + value, 0);
    const sum = totals.find((one) => one.name === `${name}_sum` && seriesOf(one.labels) === series)?.value ?? 0;
    return [
      ...bounds.map((bound) => ({
        suffix: '_bucket' as const,
        labels: { ...labels, le: boundOf(bound) },
        value: upTo(bound),
      })),
      { suffix: '_bucket' as const, labels: { ...labels, le: INFINITE }, value: count },
      { suffix: '_sum' as const, labels, value: Math.round(sum * 1000) / 1000 },
      { suffix: '_count' as const, labels, value: count },
    ];
  });
}
