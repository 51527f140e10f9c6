import { type RunRecord, rerunsOf } from './run-record.ts';

/** A metric as it is sent; dashboards and alerts are made from these names. */
export interface MetricDefinition {
  /** Of Prometheus. */
  readonly name: string;
  /** Of Datadog. */
  readonly dotted: string;
  readonly help: string;
  readonly unit: 'second' | 'percent' | 'fraction' | 'item' | null;
  /** Null when the run did not measure it. */
  readonly value: (record: RunRecord) => number | null;
}

const define = (
  name: string,
  unit: MetricDefinition['unit'],
  help: string,
  value: MetricDefinition['value'],
): MetricDefinition => ({
  name: `selfheal_ci_${name}`,
  dotted: `selfheal.ci.${name}`,
  help,
  unit,
  value,
});

const flag = (value: boolean | null): number | null => (value === null ? null : value ? 1 : 0);

/** Every metric of a run. */
export const CI_METRICS = {
  duration: define(
    'build_duration_seconds',
    'second',
    'Time from the start of the run until its last job ended.',
    (one) => one.durationSeconds,
  ),
  queue: define(
    'queue_time_seconds',
    'second',
    'Longest time that a job waited for a runner.',
    (one) => one.queueSeconds,
  ),
  reruns: define('rerun_count', 'item', 'Attempts of the run before this one.', rerunsOf),
  coverage: define('coverage_percent', 'percent', 'Covered lines.', (one) => one.coverage),
  critical: define(
    'vulnerabilities_critical',
    'item',
    'Vulnerabilities of severity critical.',
    (one) => one.vulnerabilities?.critical ?? null,
  ),
  high: define(
    'vulnerabilities_high',
    'item',
    'Vulnerabilities of severity high.',
    (one) => one.vulnerabilities?.high ?? null,
  ),
  fixConfidence: define(
    'ai_fix_confidence',
    'fraction',
    'Highest confidence of a proposed fix.',
    (one) => one.fixConfidence,
  ),
  flaky: define('has_flaky_tests', null, '1 when a test of the run is flaky.', (one) => flag(one.hasFlakyTests)),
  success: define('success', null, '1 when the run succeeded.', ({ status }) =>
    status === 'running' ? null : flag(status === 'success'),
  ),
} as const satisfies Record<string, MetricDefinition>;
/** Of each job: 1 when it succeeded. */
export const JOB_METRIC = define('job_success', null, '1 when the job succeeded.', () => null);

/** A value that was measured, with its labels. */
export interface Sample {
  readonly definition: Omit<MetricDefinition, 'value'>;
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** The samples of a run. Labels have few values: no ids of runs, pull requests or commits. */
export function samplesOf(record: RunRecord, repository: string): Sample[] {
  const branch = record.isDefaultBranch ? 'default' : record.pullRequest === null ? 'other' : 'pull-request';
  const labels = { repository, workflow: record.workflow, branch };
  return [
    ...Object.values(CI_METRICS).flatMap((definition) => {
      const value = definition.value(record);
      return value === null ? [] : [{ definition, value, labels }];
    }),
    ...record.jobs
      .filter(({ status }) => status === 'success' || status === 'failure')
      .map(({ name, status }) => ({
        definition: JOB_METRIC,
        value: status === 'success' ? 1 : 0,
        labels: { ...labels, job_name: name },
      })),
  ];
}

const escapedLabel = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

/**
 * Text for the push gateway, in the exposition format 0.0.4: metrics of one name stand together below HELP and TYPE, and every line ends.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(samples: readonly Sample[]): string {
  const families = Map.groupBy(samples, ({ definition }) => definition.name);
  return [...families.values()]
    .flatMap((family) => {
      const [first] = family;
      if (first === undefined) return [];
      const { name, help } = first.definition;
      return [
        `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
        `# TYPE ${name} gauge`,
        ...family.map(({ labels, value }) => {
          const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapedLabel(text)}"`);
          return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
        }),
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** Datadog's gauge. https://docs.datadoghq.com/api/latest/metrics/#submit-metrics */
const GAUGE = 3;
const MAX_TAG = 200;

/** Body of `POST /api/v2/series`. */
export function datadogSeries(samples: readonly Sample[], at: Date) {
  const timestamp = Math.floor(at.getTime() / 1000);
  return {
    series: samples.map(({ definition: { dotted, unit }, value, labels }) => ({
      metric: dotted,
      type: GAUGE,
      points: [{ timestamp, value }],
      tags: Object.entries(labels).map(([key, text]) => `${key}:${text}`.slice(0, MAX_TAG)),
      ...(unit === null ? {} : { unit }),
    })),
  };
}
