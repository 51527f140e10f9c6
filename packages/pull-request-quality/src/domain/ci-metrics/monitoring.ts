import { CI_METRICS, JOB_METRIC, type MetricDefinition } from './samples.ts';

/** Alerts: reruns per successful run of a day, and a fall of the coverage of the default branch within a week. */
const ALERT_LIMITS = { flakeRate: 0.05, coverageDropPoints: 5, minCoverage: 90 } as const;

type Metric = Omit<MetricDefinition, 'value'>;
const SHOWN: readonly (readonly [title: string, metric: Metric, branch: string | null])[] = [
  ['Build duration', CI_METRICS.duration, null],
  ['Queue time', CI_METRICS.queue, null],
  ['Reruns', CI_METRICS.reruns, null],
  ['Coverage of the default branch', CI_METRICS.coverage, 'default'],
  ['Critical vulnerabilities', CI_METRICS.critical, 'default'],
  ['High vulnerabilities', CI_METRICS.high, 'default'],
  ['Confidence of proposed fixes', CI_METRICS.fixConfidence, null],
  ['Runs with flaky tests', CI_METRICS.flaky, null],
  ['Successful runs', CI_METRICS.success, null],
];

/** A dashboard for `POST /api/v1/dashboard` of Datadog. */
export function datadogDashboard() {
  return {
    title: 'Selfheal CI',
    description: 'Metrics of workflow runs, sent by "selfheal ci metrics".',
    layout_type: 'ordered',
    template_variables: [{ name: 'repository', prefix: 'repository', available_values: [], default: '*' }],
    widgets: [
      ...SHOWN.map(([title, { dotted }, branch]) =>
        timeseries(title, `avg:${dotted}{$repository${branch === null ? '' : `,branch:${branch}`}} by {workflow}`),
      ),
      timeseries('Jobs that succeed', `avg:${JOB_METRIC.dotted}{$repository} by {job_name}`),
    ],
  };
}

const timeseries = (title: string, q: string) => ({
  definition: { type: 'timeseries', title, requests: [{ q, display_type: 'line' }] },
});

/** Monitors for `POST /api/v1/monitor` of Datadog, one each. */
export function datadogMonitors() {
  const { flakeRate, coverageDropPoints, minCoverage } = ALERT_LIMITS;
  const monitor = (name: string, query: string, message: string, critical: number) => ({
    name: `Selfheal CI: ${name}`,
    type: 'query alert',
    query,
    message,
    tags: ['managed-by:selfheal'],
    options: { thresholds: { critical }, notify_no_data: false, include_tags: true },
  });
  const coverage = `{branch:default} by {repository}`;
  return [
    monitor(
      'flake rate',
      `sum(last_1d):sum:${CI_METRICS.reruns.dotted}{*} by {repository} / sum:${CI_METRICS.success.dotted}{*} by {repository} > ${flakeRate}`,
      'More than 5 % of the successful runs of a day needed another attempt. "selfheal ci insights" names the jobs.',
      flakeRate,
    ),
    monitor(
      'coverage drop',
      `change(avg(last_1d),last_1w):avg:${CI_METRICS.coverage.dotted}${coverage} < -${coverageDropPoints}`,
      'The coverage of the default branch fell by more than 5 points within a week. "selfheal gate baseline --drift" shows since when.',
      -coverageDropPoints,
    ),
    monitor(
      'low coverage',
      `avg(last_1d):avg:${CI_METRICS.coverage.dotted}${coverage} < ${minCoverage}`,
      'The coverage of the default branch is below 90 %.',
      minCoverage,
    ),
  ];
}

const GRID = { width: 12, height: 8 } as const;

/** A dashboard that Grafana imports; it asks for the Prometheus data source. */
export function grafanaDashboard() {
  const panels = [
    ...SHOWN.map(([title, metric, branch]) => ({
      title,
      unit: { second: 's', percent: 'percent', fraction: 'percentunit', item: 'short' }[metric.unit ?? 'item'],
      expr: `${metric.name}{repository=~"$repository"${branch === null ? '' : `,branch="${branch}"`}}`,
      legend: '{{repository}} {{workflow}} {{branch}}',
    })),
    {
      title: 'Jobs that succeed',
      unit: 'percentunit',
      expr: `${JOB_METRIC.name}{repository=~"$repository"}`,
      legend: '{{job_name}}',
    },
  ];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana replaces it when the dashboard is imported
  const datasource = { type: 'prometheus', uid: '${DS_PROMETHEUS}' };
  return {
    __inputs: [{ name: 'DS_PROMETHEUS', label: 'Prometheus', type: 'datasource', pluginId: 'prometheus' }],
    uid: 'selfheal-ci',
    title: 'Selfheal CI',
    tags: ['selfheal'],
    schemaVersion: 39,
    version: 1,
    time: { from: 'now-30d', to: 'now' },
    templating: {
      list: [
        {
          name: 'repository',
          type: 'query',
          datasource,
          query: `label_values(${CI_METRICS.duration.name}, repository)`,
          includeAll: true,
          multi: true,
          refresh: 2,
        },
      ],
    },
    panels: panels.map(({ title, unit, expr, legend }, at) => ({
      id: at + 1,
      type: 'timeseries',
      title,
      datasource,
      gridPos: { x: (at % 2) * GRID.width, y: Math.floor(at / 2) * GRID.height, w: GRID.width, h: GRID.height },
      fieldConfig: { defaults: { unit }, overrides: [] },
      targets: [{ refId: 'A', expr, legendFormat: legend }],
    })),
  };
}

/** A rule file of Prometheus, as data. A push gateway keeps the last value, so the alerts look at changes over time. */
export function prometheusRules() {
  const { flakeRate, coverageDropPoints, minCoverage } = ALERT_LIMITS;
  const coverage = `${CI_METRICS.coverage.name}{branch="default"}`;
  const { reruns, success } = CI_METRICS;
  const rule = (alert: string, expr: string, summary: string, description: string) => ({
    alert,
    expr,
    for: '1h',
    labels: { severity: 'warning' },
    annotations: { summary, description },
  });
  return {
    groups: [
      {
        name: 'selfheal-ci',
        rules: [
          rule(
            'SelfhealFlakeRate',
            `sum by (repository) (avg_over_time(${reruns.name}[1d])) / sum by (repository) (avg_over_time(${success.name}[1d]) > 0) > ${flakeRate}`,
            'Runs of {{ $labels.repository }} need further attempts',
            'More than 5 % reruns per successful run within a day. "selfheal ci insights" names the jobs.',
          ),
          rule(
            'SelfhealCoverageDrop',
            `max by (repository) (max_over_time(${coverage}[7d])) - max by (repository) (${coverage}) > ${coverageDropPoints}`,
            'The coverage of {{ $labels.repository }} fell',
            'More than 5 points below the best of the week. "selfheal gate baseline --drift" shows since when.',
          ),
          rule(
            'SelfhealLowCoverage',
            `max by (repository) (${coverage}) < ${minCoverage}`,
            'The coverage of {{ $labels.repository }} is low',
            'The default branch is below 90 %.',
          ),
        ],
      },
    ],
  };
}
