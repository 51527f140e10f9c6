import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import * as z from 'zod';
import type { Alert } from '#shared/domain/webhooks/alert.ts';
import { severityOfWord } from '#shared/domain/webhooks/severity-word.ts';
import type { AlertsResult } from '../contract.ts';

const Labels = z.record(z.string(), z.string()).nullish();
/** Go's zero time, `0001-01-01T00:00:00Z`, stands for "not yet". */
const Instant = z.iso.datetime({ offset: true }).nullish();

/** One alert as Alertmanager and Grafana send it. */
export const PrometheusAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels,
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: Instant,
  generatorURL: z.string().nullish(),
  fingerprint: z.string().max(100).nullish(),
});
export type PrometheusAlert = z.infer<typeof PrometheusAlert>;

/** Labels that name a service, the most exact one first. `job` is what Prometheus scrapes. */
const SERVICE_LABELS = ['service', 'service_name', 'app', 'app_kubernetes_io_name', 'job'];
const TEXTS = ['description', 'message', 'runbook_url'];

/** The alert that Prometheus rules always fire, to show that the way is open; it stands for no trouble. */
const HEARTBEAT = /^(?:Watchdog|DeadMansSwitch|InfoInhibitor)$/;

/** The alerts of a group. `extra`: lines that this sender says besides; `pageOf`: its page about an alert. */
export function prometheusAlerts<A extends PrometheusAlert>(
  alerts: readonly A[],
  {
    truncated,
    extra = () => [],
    pageOf,
  }: {
    readonly truncated: number;
    readonly extra?: (alert: A) => readonly string[];
    readonly pageOf: (alert: A) => string | null;
  },
): AlertsResult {
  const isHeartbeat = ({ labels }: A) => HEARTBEAT.test(labels?.alertname ?? '');
  const ignored = [
    ...alerts.filter(isHeartbeat).map(({ labels }) => ({ reason: 'heartbeat', about: labels?.alertname ?? '' })),
    ...(truncated > 0
      ? [{ reason: 'truncated-by-sender', about: `${truncated} more alerts that the sender left out` }]
      : []),
  ];
  const read = (alert: A): Alert => {
    const { labels, annotations, startsAt, endsAt, status, fingerprint } = alert;
    const name = labels?.alertname ?? 'Alert';
    const summary = annotations?.summary ?? annotations?.title ?? '';
    const startedAt = new Date(startsAt);
    const ended = endsAt ? new Date(endsAt) : startedAt;
    return {
      id: fingerprint || digestOf(canonicalJson(labels ?? {})),
      state: status,
      severity: severityOfWord(labels?.severity ?? labels?.priority ?? labels?.level) ?? 'medium',
      service: SERVICE_LABELS.map((label) => labels?.[label]).find((value) => value?.trim()) ?? null,
      title: summary === '' ? name : `${name}: ${summary}`,
      text: [
        ...TEXTS.flatMap((field) => annotations?.[field] ?? []),
        ...extra(alert),
        `Labels: ${Object.entries(labels ?? {})
          .map(([label, value]) => `${label}=${value}`)
          .join(', ')}`,
      ].join('\n'),
      url: pageOf(alert),
      startedAt,
      changedAt: status === 'resolved' && ended.getTime() > startedAt.getTime() ? ended : startedAt,
    };
  };
  return { kind: 'alerts', alerts: alerts.filter((alert) => !isHeartbeat(alert)).map(read), ignored };
}
