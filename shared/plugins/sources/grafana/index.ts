import * as z from 'zod';
import { PrometheusAlert, prometheusAlerts } from '../common/prometheus-alerts.ts';
import { type AlertsResult, defineSource, firstProblem } from '../contract.ts';

const GrafanaAlert = PrometheusAlert.extend({
  valueString: z.string().nullish(),
  panelURL: z.string().nullish(),
  dashboardURL: z.string().nullish(),
});

/** Only the fields that are needed of a contact point of the kind webhook ("Webhook notifier", grafana.com/docs). */
const Notification = z.object({
  orgId: z.number().int(),
  truncatedAlerts: z.number().int().nonnegative().nullish(),
  externalURL: z.string().nullish(),
  alerts: z.array(GrafanaAlert).min(1),
});

/** Alerts that stand for the rule itself: the data of `rulename` were missing or could not be read. */
const OF_RULE = /^Datasource(?:NoData|Error)$/;

/** Grafana Alerting: groups of alerts in the form of Alertmanager, with the values that were measured and the panel. */
export const grafana = defineSource({
  kind: 'alerts',
  id: 'grafana',
  title: 'Grafana Alerting',
  schemes: ['grafana', 'bearer', 'basic', 'path'],
  read({ body }): AlertsResult {
    const notification = Notification.safeParse(body);
    if (!notification.success) return { kind: 'rejected', reason: firstProblem(notification.error) };
    const { alerts, truncatedAlerts, externalURL } = notification.data;
    const named = alerts.map((alert) => {
      const { alertname = '', rulename } = alert.labels ?? {};
      if (!OF_RULE.test(alertname) || !rulename) return alert;
      return { ...alert, labels: { ...alert.labels, alertname: `${rulename} (${alertname})` } };
    });
    return prometheusAlerts(named, {
      truncated: truncatedAlerts ?? 0,
      extra: ({ valueString }) => (valueString ? [`Values: ${valueString}`] : []),
      pageOf: ({ panelURL, dashboardURL, generatorURL }) =>
        panelURL || dashboardURL || generatorURL || externalURL || null,
    });
  },
});
