import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  datadogDashboard,
  datadogMonitors,
  grafanaDashboard,
  prometheusRules,
} from '@selfheal/pull-request-quality/domain/ci-metrics/monitoring.ts';
import { stringify } from 'yaml';
import {
  DEPLOYMENT_DASHBOARDS,
  deploymentDashboard,
  deploymentRules,
  scrapeConfiguration,
} from '#shared/domain/answers/monitoring.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Dashboards and alerts by file name, made from the names of the metrics. */
export const monitoringFiles = (): Readonly<Record<string, string>> => ({
  'datadog-dashboard.json': json(datadogDashboard()),
  'datadog-monitors.json': json(datadogMonitors()),
  'deployment-alerts.yml': stringify(deploymentRules(), { lineWidth: 0 }),
  ...Object.fromEntries(DEPLOYMENT_DASHBOARDS.map((id) => [`grafana-${id}.json`, json(deploymentDashboard(id))])),
  'grafana-pull-requests.json': json(grafanaDashboard()),
  'prometheus-alerts.yml': stringify(prometheusRules(), { lineWidth: 0 }),
  'prometheus-scrape.yml': stringify(scrapeConfiguration(), { lineWidth: 0 }),
});

/** Folder of the repository that holds them. */
export const MONITORING_FOLDER = join(import.meta.dirname, '../config/monitoring');

if (import.meta.main) {
  mkdirSync(MONITORING_FOLDER, { recursive: true });
  for (const [name, text] of Object.entries(monitoringFiles())) writeFileSync(join(MONITORING_FOLDER, name), text);
}
