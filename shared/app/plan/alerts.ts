import { digestOf } from '@selfheal/kernel/digest.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { logsOf } from '@selfheal/log-reading/logs/evidence.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import { type AlertRule, raisedBy } from '#shared/domain/policy/alert-rule.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { type AnnounceDeps, announce } from '../notify/announce.ts';
import { storyFrame } from '../notify/report.ts';
import { readStop, type StopDeps } from '../notify/stop-notice.ts';
import type { GovernedDeps } from '../policy/governed.ts';
import type { IncidentFacts } from './inputs.ts';

/** People are told by channels that need no code host: a comment would tell them what its thread is about anyway. */
export interface AlertDeps extends Omit<AnnounceDeps, 'codeHost'>, Pick<GovernedDeps, 'configuration'>, StopDeps {
  readonly evidence: Pick<EvidenceStore, 'getEvidence'>;
  readonly incidents: Pick<IncidentStore, 'listNotifications' | 'recordNotification'>;
  readonly clock: Clock;
}

/** The alert rules that this failure raises. */
export async function raisedAlerts(
  { incident, classification }: Pick<IncidentFacts, 'incident' | 'classification'>,
  { configuration, evidence }: Pick<AlertDeps, 'configuration' | 'evidence'>,
): Promise<AlertRule[]> {
  const { alerts } = configuration.policy;
  if (alerts.length === 0) return [];
  const read = await evidence.getEvidence(incident.id);
  const lines = (read === null ? [] : logsOf(read).sources).flatMap((source) => source.lines.map(({ text }) => text));
  const service = serviceOf(configuration, incident.target)?.id ?? null;
  return raisedBy(alerts, { service, confidence: classification.confidence, lines });
}

/**
 * Tells people about alerts, once for each incident and rule. A channel that fails is counted and stops nothing: what is done about the failure
 * must not wait for a mail.
 */
export async function announceAlerts(
  raised: readonly AlertRule[],
  incident: Incident,
  outcome: { readonly decision: string; readonly reasons: readonly string[] },
  deps: AlertDeps,
): Promise<void> {
  const { incidents, configuration, clock, control, meter, log } = deps;
  // A person who takes over is told anyway.
  const announced = raised.filter(({ action }) => action !== 'escalate');
  if (announced.length === 0 || isSimulated(incident.target)) return;
  const [sent, stopped] = await Promise.all([incidents.listNotifications(incident.id), readStop({ control })]);
  for (const rule of announced) {
    const key = `alert#${digestOf(`${rule.pattern}\n${rule.service}`, 16)}`;
    await announce(
      {
        kind: 'alert-raised',
        incident,
        rule,
        outcome: { decision: outcome.decision, reasons: outcome.reasons },
        stopped,
        ...storyFrame(incident, configuration),
      },
      deps,
      {
        shouldNotify: async ({ id }) => !sent.some((one) => one.channel === id && one.key === key),
        onNotified: async ({ id: channel }) => {
          const at = clock.now().toISOString();
          await incidents.recordNotification({
            version: 1,
            incidentId: incident.id,
            channel,
            key,
            at,
            gist: null,
          });
          meter.count('alert-raised');
        },
        onFailed: async ({ id }) => {
          log.error('An alert could not be sent.', { channel: id, incidentId: incident.id });
          meter.count('alert-failed');
          return null;
        },
      },
    );
  }
}
