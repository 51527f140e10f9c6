import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS } from '#apps/workbench/api/api-client.ts';
import { MetricAlert, metricAlertWords } from '#shared/domain/capacity/metric-alert.ts';
import { AlertRule, alertWords } from '#shared/domain/policy/alert-rule.ts';
import { clean, openPolicy } from '../policy/policy-api.ts';

export const alertList = defineCommand({
  name: 'alert list',
  summary: 'the alerts that hold: which message or metric, of which service, what happens',
  details:
    'With --json: JSON Lines {name, pattern, service, action, confidence}, of a metric {name, service, metric, side, limit, action}; the name is\n' +
    'null for an alert that is deployed.',
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const { effective, overlay } = (await openPolicy(options, terminal)).policy;
    const named = Object.entries((overlay.alerts ?? {}) as Record<string, unknown>).map(
      ([name, rule]) => [name, JSON.stringify(rule)] as const,
    );
    for (const rule of AlertRule.array().parse(effective.alerts)) {
      const name = named.find(([, text]) => text === JSON.stringify(rule))?.[0] ?? null;
      await terminal.write(
        options.json === true
          ? `${JSON.stringify({ name, ...rule })}\n`
          : `${name ?? 'deployed'}: ${rule.action} at ${clean(alertWords(rule))}\n`,
      );
    }
    for (const [name, alert] of Object.entries(overlay.metricAlerts ?? {})) {
      const rule = MetricAlert.parse(alert);
      await terminal.write(
        options.json === true
          ? `${JSON.stringify({ name, ...rule })}\n`
          : `${name}: ${clean(metricAlertWords(rule))}\n`,
      );
    }
    return 0;
  },
});
