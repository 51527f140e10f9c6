import * as z from 'zod';
import { PrometheusAlert, prometheusAlerts } from '../common/prometheus-alerts.ts';
import { type AlertsResult, defineSource, firstProblem } from '../contract.ts';

/** Only the fields that are needed of version 4 ("Configuration", `webhook_config`, prometheus.io). */
const Group = z.object({
  version: z.literal('4'),
  groupKey: z.string(),
  truncatedAlerts: z.number().int().nonnegative().default(0),
  externalURL: z.string().nullish(),
  alerts: z.array(PrometheusAlert).min(1),
});

/** Prometheus Alertmanager: groups of alerts; each alert of a group is one alarm, told from others by its fingerprint. */
export const alertmanager = defineSource({
  kind: 'alerts',
  id: 'alertmanager',
  title: 'Prometheus Alertmanager',
  schemes: ['bearer', 'basic', 'path'],
  read({ body }): AlertsResult {
    const group = Group.safeParse(body);
    if (!group.success) return { kind: 'rejected', reason: firstProblem(group.error) };
    const { alerts, truncatedAlerts, externalURL } = group.data;
    return prometheusAlerts(alerts, {
      truncated: truncatedAlerts,
      pageOf: ({ generatorURL }) => generatorURL || externalURL || null,
    });
  },
});
