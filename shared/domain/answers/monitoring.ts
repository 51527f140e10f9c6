import { COUNTED_METRICS, type HistogramName } from './counted-metrics.ts';

interface Panel {
  readonly title: string;
  /** As Grafana names units. */
  readonly unit: 'short' | 's' | 'percentunit' | 'currencyUSD' | 'reqps';
  readonly expr: string;
  readonly legend: string;
}
const panel = (title: string, unit: Panel['unit'], expr: string, legend: string): Panel => ({
  title,
  unit,
  expr,
  legend,
});

/** The value below which a share of a day's observations lies, and for which labels. */
const quantile = (share: number, name: HistogramName, by: readonly string[] = []): string =>
  `histogram_quantile(${share}, sum by (${['le', ...by].join(', ')}) (rate(selfheal_${name}_bucket[1d])))`;

/** Panels by dashboard. A test finds a metric that `/metrics` does not serve, and one of its counters that no panel shows. */
const DASHBOARDS = {
  healing: {
    title: 'Selfheal: healing',
    panels: [
      panel('Open incidents', 'short', 'selfheal_incidents_open', 'open'),
      panel('Stalled incidents', 'short', 'selfheal_incidents_stalled', 'stalled'),
      panel('Plans that wait for a person', 'short', 'selfheal_approvals_pending', 'waiting'),
      panel(
        'Incidents that ended',
        'short',
        'sum by (outcome) (increase(selfheal_incidents_total[1d]))',
        '{{outcome}}',
      ),
      panel('Time to heal, median of a day', 's', quantile(0.5, 'time_to_heal_seconds'), 'median'),
      panel('Time to heal, slowest tenth of a day', 's', quantile(0.9, 'time_to_heal_seconds'), '90th percentile'),
      panel('Incidents of the last day', 'short', 'selfheal_incidents_ended_last_day', '{{outcome}}'),
      panel('Time to the end of an incident', 's', 'selfheal_incident_duration_seconds', '{{quantile}}'),
      panel(
        'Actions by outcome',
        'short',
        'sum by (action, outcome) (increase(selfheal_actions_total[1d]))',
        '{{action}} {{outcome}}',
      ),
      panel(
        'Time from an action to the end, median of a day',
        's',
        quantile(0.5, 'action_duration_seconds', ['action']),
        '{{action}}',
      ),
      panel('Actions that help, of 90 days', 'percentunit', 'selfheal_action_success_ratio', '{{action}}'),
      panel('Time to recover, mean of 90 days', 's', 'selfheal_action_recovery_seconds_mean', '{{action}}'),
      panel(
        'Wait in the intake queue, slowest hundredth',
        's',
        quantile(0.99, 'queue_wait_seconds', ['queue']),
        '{{queue}}',
      ),
      panel('Anomalies found', 'short', 'sum(increase(selfheal_anomalies_total[1h]))', 'anomalies'),
      panel('Causes predicted', 'short', 'sum(increase(selfheal_predictions_total[1h]))', 'predictions'),
      panel('Remedies recommended', 'short', 'sum(increase(selfheal_recommendations_total[1h]))', 'recommendations'),
      panel('Searches', 'short', 'sum(increase(selfheal_searches_total[1h]))', 'searches'),
    ],
  },
  channels: {
    title: 'Selfheal: channels',
    panels: [
      panel(
        'Messages sent',
        'short',
        'sum by (channel) (increase(selfheal_notifications_total{outcome="sent"}[1d]))',
        '{{channel}}',
      ),
      panel(
        'Messages that failed',
        'short',
        'sum by (channel) (increase(selfheal_notifications_total{outcome="failed"}[1d]))',
        '{{channel}}',
      ),
      panel(
        'Time to the first word, median of a day',
        's',
        quantile(0.5, 'time_to_comment_seconds', ['channel']),
        '{{channel}}',
      ),
      panel(
        'Time to the first word, slowest tenth of a day',
        's',
        quantile(0.9, 'time_to_comment_seconds', ['channel']),
        '{{channel}}',
      ),
      panel('Requests to the API', 'reqps', 'sum by (endpoint) (rate(selfheal_requests_total[5m]))', '{{endpoint}}'),
      panel(
        'Errors of the API',
        'reqps',
        'sum by (endpoint, status) (rate(selfheal_errors_total[5m]))',
        '{{endpoint}} {{status}}',
      ),
    ],
  },
  'model-cost': {
    title: 'Selfheal: models and cost',
    panels: [
      panel(
        'Cost of a day',
        'currencyUSD',
        'sum by (model) (increase(selfheal_llm_cost_dollars_total[1d]))',
        '{{model}}',
      ),
      panel(
        'Tokens of a day',
        'short',
        'sum by (model, kind) (increase(selfheal_llm_tokens_total[1d]))',
        '{{model}} {{kind}}',
      ),
      panel('Diagnoses asked for', 'short', 'sum by (model) (increase(selfheal_llm_answers_total[1d]))', '{{model}}'),
      panel(
        'Cost of a diagnosis',
        'currencyUSD',
        'sum by (model) (increase(selfheal_llm_cost_dollars_total[7d])) / sum by (model) (increase(selfheal_llm_answers_total[7d]))',
        '{{model}}',
      ),
      panel('Cost, last day as recorded', 'currencyUSD', 'selfheal_llm_cost_dollars_last_day', 'dollars'),
      panel('AWS, last day, estimated', 'currencyUSD', 'selfheal_aws_cost_estimated_dollars_last_day', 'dollars'),
      panel('Right answers', 'percentunit', 'selfheal_model_accuracy_ratio', 'accuracy'),
      panel('Calibration error', 'percentunit', 'selfheal_model_calibration_error_ratio', 'error'),
    ],
  },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly panels: readonly Panel[] }>>;
export type DeploymentDashboard = keyof typeof DASHBOARDS;
export const DEPLOYMENT_DASHBOARDS = Object.keys(DASHBOARDS) as readonly DeploymentDashboard[];

const WIDTH = 12;
const HEIGHT = 8;

/** A dashboard about a deployment, for Grafana to import. */
export function deploymentDashboard(id: DeploymentDashboard) {
  const { title: name, panels } = DASHBOARDS[id];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana replaces it when the dashboard is imported
  const datasource = { type: 'prometheus', uid: '${DS_PROMETHEUS}' };
  return {
    __inputs: [{ name: 'DS_PROMETHEUS', label: 'Prometheus', type: 'datasource', pluginId: 'prometheus' }],
    uid: `selfheal-${id}`,
    title: name,
    tags: ['selfheal'],
    schemaVersion: 39,
    version: 1,
    time: { from: 'now-7d', to: 'now' },
    panels: panels.map(({ title, unit, expr, legend }, at) => ({
      id: at + 1,
      type: 'timeseries',
      title,
      datasource,
      gridPos: { x: (at % 2) * WIDTH, y: Math.floor(at / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit }, overrides: [] },
      targets: [{ refId: 'A', expr, legendFormat: legend }],
    })),
  };
}

/** Two windows each, after the SRE workbook, chapter 5: 2 % of a month's error budget within an hour, or 5 % within six. */
const BURN_RATES = [
  { rate: 14.4, long: '1h', short: '5m', severity: 'critical' },
  { rate: 6, long: '6h', short: '30m', severity: 'warning' },
] as const;

/** Of so few events in the long window one that misses the goal is no sign. */
const MIN_EVENTS = 10;

/** The share of observations of a histogram above a bound that it has, as an expression over a range. */
function slower(name: HistogramName, bound: number): (range: string) => string {
  const bounds: readonly number[] = COUNTED_METRICS[name].bounds;
  if (!bounds.includes(bound)) throw new Error(`${name} has no bucket of ${bound} seconds.`);
  const metric = `selfheal_${name}`;
  return (range) => `1 - sum(rate(${metric}_bucket{le="${bound}.0"}[${range}])) / sum(rate(${metric}_count[${range}]))`;
}

/** Selfheal's own service levels: the share of events within 30 days that may miss the goal, and an expression for those that do. */
const SERVICE_LEVELS = [
  {
    alert: 'SelfhealErrorBudgetBurns',
    goal: 'the goal of 99.9 % answered requests',
    summary: 'The API uses up its error budget',
    budget: 0.001,
    events: 'selfheal_requests_total',
    missing: (range: string) =>
      `(sum(rate(selfheal_errors_total{status="5xx"}[${range}])) or vector(0)) / sum(rate(selfheal_requests_total[${range}]))`,
  },
  {
    alert: 'SelfhealFirstWordLate',
    goal: 'the goal to tell people of 99 % of the incidents within five minutes',
    summary: 'People hear of incidents too late',
    budget: 0.01,
    events: 'selfheal_time_to_comment_seconds_count',
    missing: slower('time_to_comment_seconds', 300),
  },
  {
    alert: 'SelfhealIntakeLate',
    goal: 'the goal to take 99 % of what arrives within a minute',
    summary: 'What arrives waits in the intake queue',
    budget: 0.01,
    events: 'selfheal_queue_wait_seconds_count',
    missing: slower('queue_wait_seconds', 60),
  },
  {
    alert: 'SelfhealMessagesFail',
    goal: 'the goal to deliver 99 % of the messages at the first try',
    summary: 'Messages to people fail',
    budget: 0.01,
    events: 'selfheal_notifications_total',
    missing: (range: string) =>
      `(sum(rate(selfheal_notifications_total{outcome="failed"}[${range}])) or vector(0)) / sum(rate(selfheal_notifications_total[${range}]))`,
  },
] as const;

/** Alert rules about a deployment: what people should look at, and how fast the error budgets of Selfheal's own service levels are used up. */
export function deploymentRules() {
  const rule = (alert: string, expr: string, wait: string, severity: string, summary: string, description: string) => ({
    alert,
    expr,
    for: wait,
    labels: { severity },
    annotations: { summary, description },
  });
  return {
    groups: [
      {
        name: 'selfheal-deployment',
        rules: [
          rule(
            'SelfhealStalled',
            'selfheal_incidents_stalled > 0',
            '30m',
            'critical',
            'Incidents do not move on',
            '{{ $value }} open incidents did not change for an hour. docs/runbook.md says what to do.',
          ),
          rule(
            'SelfhealApprovalsWait',
            'selfheal_approvals_pending > 0',
            '2h',
            'warning',
            'Plans wait for a person',
            '{{ $value }} plans have waited for two hours. "selfheal approval list" shows them.',
          ),
          rule(
            'SelfhealModelDegraded',
            'selfheal_model_degraded > 0',
            '1h',
            'warning',
            'Answers got worse',
            'The answers of the model are worse than promised. "selfheal answers report" says where.',
          ),
          ...SERVICE_LEVELS.flatMap(({ alert, goal, summary, budget, events, missing }) =>
            BURN_RATES.map(({ rate, long, short, severity }) => {
              const limit = Number((rate * budget).toPrecision(4));
              return rule(
                severity === 'critical' ? `${alert}Fast` : alert,
                `(${missing(long)}) > ${limit} and (${missing(short)}) > ${limit} and sum(increase(${events}[${long}])) > ${MIN_EVENTS}`,
                '2m',
                severity,
                summary,
                `The error budget of 30 days is used up ${rate} times as fast as ${goal} allows. docs/runbook.md says what to do.`,
              );
            }),
          ),
        ],
      },
    ],
  };
}

/** What a Prometheus needs to scrape a deployment, whose target is the host of the output `ApiUrl`, and the push gateway of workflow runs. */
export const scrapeConfiguration = () => ({
  scrape_configs: [
    {
      job_name: 'selfheal',
      scheme: 'https',
      scrape_interval: '60s',
      authorization: { credentials_file: '/etc/prometheus/selfheal-key' },
      static_configs: [{ targets: ['API_HOST'] }],
    },
    // The gateway's own labels would hide those that were pushed.
    { job_name: 'pushgateway', honor_labels: true, static_configs: [{ targets: ['GATEWAY_HOST'] }] },
  ],
  rule_files: ['deployment-alerts.yml', 'prometheus-alerts.yml'],
});
