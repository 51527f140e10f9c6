/** Panels of the dashboard about a deployment. A test finds a metric that `/metrics` does not serve. */
const PANELS: readonly (readonly [title: string, unit: string, expr: string, legend: string])[] = [
  ['Open incidents', 'short', 'selfheal_incidents_open', 'open'],
  ['Stalled incidents', 'short', 'selfheal_incidents_stalled', 'stalled'],
  ['Plans that wait for a person', 'short', 'selfheal_approvals_pending', 'waiting'],
  ['Incidents of the last day', 'short', 'selfheal_incidents_ended_last_day', '{{outcome}}'],
  ['Time to the end of an incident', 's', 'selfheal_incident_duration_seconds', '{{quantile}}'],
  ['Actions that help', 'percentunit', 'selfheal_action_success_ratio', '{{action}}'],
  ['Time to recover', 's', 'selfheal_action_recovery_seconds_mean', '{{action}}'],
  ['Right answers', 'percentunit', 'selfheal_model_accuracy_ratio', 'accuracy'],
  ['Cost of language models, last day', 'currencyUSD', 'selfheal_llm_cost_dollars_last_day', 'dollars'],
  ['Requests', 'reqps', 'sum by (endpoint) (rate(selfheal_requests_total[5m]))', '{{endpoint}}'],
  ['Errors', 'reqps', 'sum by (endpoint, status) (rate(selfheal_errors_total[5m]))', '{{endpoint}} {{status}}'],
  ['Anomalies found', 'short', 'sum(increase(selfheal_anomalies_total[1h]))', 'anomalies'],
  ['Causes predicted', 'short', 'sum(increase(selfheal_predictions_total[1h]))', 'predictions'],
  ['Searches and recommendations', 'short', 'sum(increase(selfheal_searches_total[1h]))', 'searches'],
];
const WIDTH = 12;
const HEIGHT = 8;

/** A dashboard about a deployment, for Grafana to import. */
export function deploymentDashboard() {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana replaces it when the dashboard is imported
  const datasource = { type: 'prometheus', uid: '${DS_PROMETHEUS}' };
  return {
    __inputs: [{ name: 'DS_PROMETHEUS', label: 'Prometheus', type: 'datasource', pluginId: 'prometheus' }],
    uid: 'selfheal-deployment',
    title: 'Selfheal',
    tags: ['selfheal'],
    schemaVersion: 39,
    version: 1,
    time: { from: 'now-7d', to: 'now' },
    panels: PANELS.map(([title, unit, expr, legendFormat], at) => ({
      id: at + 1,
      type: 'timeseries',
      title,
      datasource,
      gridPos: { x: (at % 2) * WIDTH, y: Math.floor(at / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit }, overrides: [] },
      targets: [{ refId: 'A', expr, legendFormat }],
    })),
  };
}

/** Share of requests that may fail within 30 days: the goal is 99.9 %. Burn rates after the SRE workbook, chapter 5. */
const ERROR_BUDGET = 0.001;
const BURN_RATES = [
  { rate: 14.4, long: '1h', short: '5m', severity: 'critical' },
  { rate: 6, long: '6h', short: '30m', severity: 'warning' },
] as const;

/** Alert rules about a deployment: what people should look at, and how fast the error budget of the API is used up. */
export function deploymentRules() {
  const rule = (alert: string, expr: string, wait: string, severity: string, summary: string, description: string) => ({
    alert,
    expr,
    for: wait,
    labels: { severity },
    annotations: { summary, description },
  });
  const failing = (range: string): string =>
    `(sum(rate(selfheal_errors_total{status="5xx"}[${range}])) or vector(0)) / sum(rate(selfheal_requests_total[${range}]))`;
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
            'The answers of the model are worse than promised. "selfheal quality report" says where.',
          ),
          ...BURN_RATES.map(({ rate, long, short, severity }) =>
            rule(
              severity === 'critical' ? 'SelfhealErrorBudgetBurnsFast' : 'SelfhealErrorBudgetBurns',
              `${failing(long)} > ${rate * ERROR_BUDGET} and ${failing(short)} > ${rate * ERROR_BUDGET}`,
              '2m',
              severity,
              'The API uses up its error budget',
              `Requests fail ${rate} times as often as the goal of 99.9 % allows.`,
            ),
          ),
        ],
      },
    ],
  };
}

/** What a Prometheus needs to scrape a deployment; the target is the host of the output `ApiUrl`. */
export const scrapeConfiguration = () => ({
  scrape_configs: [
    {
      job_name: 'selfheal',
      scheme: 'https',
      scrape_interval: '60s',
      authorization: { credentials_file: '/etc/prometheus/selfheal-key' },
      static_configs: [{ targets: ['API_HOST'] }],
    },
  ],
  rule_files: ['deployment-alerts.yml', 'prometheus-alerts.yml'],
});
