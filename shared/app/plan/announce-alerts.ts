import { digestOf } from '@selfheal/kernel/digest.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import type { AlertRule } from '#shared/domain/policy/alert-rule.ts';
import { announce } from '../notify/announce.ts';
import { storyFrame } from '../notify/report.ts';
import { readStop } from '../notify/stop-notice.ts';
import type { AlertDeps } from './alerts.ts';

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
  const [sent, stopped, notifiers] = await Promise.all([
    incidents.listNotifications(incident.id),
    readStop({ control }),
    typeof deps.notifiers === 'function' ? deps.notifiers() : deps.notifiers,
  ]);
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
      { ...deps, notifiers },
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
