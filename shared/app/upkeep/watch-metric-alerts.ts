import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { redactName, redactOutgoing } from '@selfheal/redaction/redact.ts';
import { crossing, type MetricAlert, watchedCapacity } from '#shared/domain/capacity/metric-alert.ts';
import { preEmptiveRemedies } from '#shared/domain/capacity/pre-emptive-action.ts';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import { settingsOf } from '#shared/domain/configuration/overlay.ts';
import type { ActionRequest } from '#shared/domain/incident/action-request.ts';
import { alarmArnAt } from '#shared/domain/incident/home.ts';
import type { AlarmReader, SignalQueue } from '#shared/ports/cloud.ts';
import { identifiersOfCaller } from '../access/approver.ts';
import { signalOfRequest } from '../common/requested-action.ts';
import { announce } from '../notify/announce.ts';
import { readStop } from '../notify/stop-notice.ts';
import { type GovernedDeps, governed } from '../policy/governed.ts';
import { type ForecastCapacityDeps, readingsOf } from './forecast-capacity.ts';

export interface WatchMetricAlertsDeps extends ForecastCapacityDeps, Pick<GovernedDeps, 'policy'> {
  readonly queue: SignalQueue;
  readonly alarms: AlarmReader;
}

/**
 * Compares the metrics of the alerts that people set with their limits. A crossing is mailed once, and with the action `scale` becomes a request
 * for the service's remedy, once: it goes through plan, approval and guard like that of a person. An overlay that cannot be read watches nothing
 * and is reported by every other function. The request is sent first and may be repeated, so that a crash loses neither it nor the mail.
 */
export async function watchMetricAlerts(given: WatchMetricAlertsDeps): Promise<void> {
  const stored = await given.policy.current();
  const alerts = Object.entries(settingsOf(stored).metricAlerts ?? {});
  if (alerts.length === 0) return;
  const deps = await governed(given);
  for (const [name, alert] of alerts) {
    const service = deps.configuration.services.find(({ id }) => id === alert.service);
    if (service !== undefined && service.mode !== 'off') await watchOne(name, alert, service, deps);
  }
}

async function watchOne(
  name: string,
  alert: MetricAlert,
  service: Service,
  deps: WatchMetricAlertsDeps,
): Promise<void> {
  const capacity = watchedCapacity(alert, service);
  const now = deps.clock.now();
  const readings = capacity === null ? null : await readingsOf(capacity, now, deps);
  const crossed = readings === null ? null : crossing(readings, alert);
  if (capacity === null || crossed === null) return;
  const key = `metric-alert#${digestOf(canonicalJson([name, alert, crossed.since]), 32)}`;
  if (await deps.control.isProcessed(key)) return;
  const makers = deps.actions.flatMap(({ remedy }) => remedy ?? []);
  const remedies = preEmptiveRemedies(capacity, service, makers);
  const asked = alert.action === 'scale' && service.mode === 'act' ? remedies.find(({ onRequest }) => onRequest) : null;
  const isRequested = asked ? await requestOf(name, alert, { ...asked, value: crossed.value, key }, deps) : false;
  if (service.mode !== 'observe') {
    const forecast = { kind: 'reached', value: crossed.value } as const;
    const actions = remedies.map(({ words }) => words);
    const [stopped, requested] = [await readStop(deps), isRequested ? (asked?.action ?? null) : null];
    await announce(
      { kind: 'capacity-forecast', service, capacity, forecast, actions, stopped, alert: { name, requested } },
      deps,
    );
  }
  await deps.control.markProcessed(key, now);
  deps.meter.count('metric-alert-raised');
}

/** False where the remedy's alarm does not exist, or may not be read: the plan could do nothing without it. */
async function requestOf(
  name: string,
  { metric, side, limit, service, setBy }: MetricAlert,
  asked: { readonly action: string; readonly alarm: string; readonly value: number; readonly key: string },
  { queue, alarms, clock, configuration: { home } }: WatchMetricAlertsDeps,
): Promise<boolean> {
  if (home === undefined) return false;
  const alarmArn = alarmArnAt(home, asked.alarm);
  const state = await unlessRefused(() => alarms.read(alarmArn));
  if (state === null) return false;
  const at = clock.now().toISOString();
  const value = Number(asked.value.toPrecision(4));
  const request: ActionRequest = {
    id: digestOf(asked.key, 32),
    actionId: asked.action,
    to: null,
    by: `the alert ${name}`,
    names: setBy === undefined ? [] : identifiersOfCaller({ ...setBy, roles: [] }),
    at,
    reason: redactOutgoing(`${metric} is at ${value}, ${side} ${limit}.`),
    incidentId: null,
    alert: name,
  };
  const { account, region } = home;
  const subject = {
    source: 'cloudwatch',
    target: { kind: 'alarm', provider: 'cloudwatch', alarmArn, account, region, changedAt: state.since ?? at },
    tainted: {
      title: redactName(`${metric} of ${service} is ${side} ${limit}`, 300),
      branch: null,
      branchKey: null,
      reason: null,
    },
  } as const;
  await queue.send(signalOfRequest(subject, request));
  return true;
}
