import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { alarmReason, plainReason } from '#shared/domain/incident/alarm-reason.ts';
import { AlarmTarget } from '#shared/domain/incident/target-context.ts';
import { defineSource, firstProblem, type SourceResult } from '../contract.ts';
import { AlarmConfiguration, alarmReasonWords, isoInstant } from './alarm-reason.ts';

/** Checked again in UTC, because the offset can move an instant out of the years with four digits. */
const Instant = z
  .string()
  .max(40)
  .transform(isoInstant)
  .pipe(z.iso.datetime({ offset: true }))
  .transform((text) => new Date(text).toISOString())
  .pipe(z.iso.datetime());

const State = z.object({
  value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  reason: z.string().default(''),
  reasonData: z.string().max(100_000).optional().catch(undefined),
  timestamp: Instant,
  /** Of a composite alarm: `Alarm`, `WaitPeriod` or `ExtensionPeriod` while its suppressor keeps its actions back. */
  actionsSuppressedBy: z.string().nullish(),
});

/** Only the fields that are needed, after the CloudWatch user guide, "Alarm events and EventBridge". */
const StateChange = z.object({
  id: z.string().min(1).max(200),
  source: z.literal('aws.cloudwatch'),
  account: z.string(),
  region: z.string(),
  time: Instant,
  resources: z.array(z.string()).min(1),
  detail: z.object({
    alarmName: z.string().min(1),
    state: State,
    previousState: State.partial().optional(),
    configuration: AlarmConfiguration.default({ metrics: [] }),
  }),
});
type StateChange = z.infer<typeof StateChange>;

/** Alarm state changes on the default event bus; metric and composite alarms look the same. */
export const cloudwatch = defineSource({
  kind: 'event',
  id: 'cloudwatch',
  title: 'CloudWatch alarm state changes',
  pattern: { source: ['aws.cloudwatch'], detailType: ['CloudWatch Alarm State Change'] },
  toSignal(event): SourceResult {
    const detailType = z.object({ 'detail-type': z.string() }).safeParse(event);
    if (!detailType.success) return { kind: 'rejected', reason: firstProblem(detailType.error) };
    if (detailType.data['detail-type'] !== 'CloudWatch Alarm State Change')
      return { kind: 'ignored', reason: 'detail-type' };
    const parsed = StateChange.safeParse(event);
    if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
    return translate(parsed.data);
  },
});

/** Alarms of Application Auto Scaling for target tracking. They go off whenever it scales, although nothing is broken. */
const SCALING_ALARM = /^TargetTracking-/;

function translate(event: StateChange): SourceResult {
  const { state } = event.detail;
  if (SCALING_ALARM.test(event.detail.alarmName)) return { kind: 'ignored', reason: 'scaling-alarm' };
  // Its owner asked that nobody be called now. Its children tell of themselves.
  if (state.value === 'ALARM' && state.actionsSuppressedBy) return { kind: 'ignored', reason: 'alarm-suppressed' };
  if (state.value === 'INSUFFICIENT_DATA') return { kind: 'ignored', reason: 'state-insufficient-data' };
  const target = AlarmTarget.safeParse({
    kind: 'alarm',
    alarmArn: event.resources[0],
    account: event.account,
    region: event.region,
    changedAt: raisedAt(event),
  });
  if (!target.success) return { kind: 'rejected', reason: firstProblem(target.error) };
  const place = `:cloudwatch:${event.region}:${event.account}:alarm:${event.detail.alarmName}`;
  if (!target.data.alarmArn.endsWith(place)) {
    return { kind: 'rejected', reason: 'resources.0: expected the alarm of this name, account and region' };
  }
  return {
    kind: 'signal',
    branch: null,
    signal: {
      version: 1,
      deliveryId: event.id,
      source: 'cloudwatch',
      kind: state.value === 'ALARM' ? 'alarm-raised' : 'alarm-cleared',
      occurredAt: state.timestamp,
      target: target.data,
      tainted: {
        title: redactName(event.detail.alarmName, 300),
        branch: null,
        branchKey: null,
        reason: redactName(reasonOf(event), 2000),
      },
    },
  };
}

/** CloudWatch's reason, after words for it where it is not a plain threshold that was crossed. */
function reasonOf({ detail: { state, configuration } }: StateChange): string {
  const words = state.value === 'ALARM' ? alarmReasonWords(state, configuration) : null;
  return words === null ? plainReason(state.reason) : alarmReason(words, state.reason);
}

/** When the alarm was raised. When an alarm clears, its previous state gives that time, which leads to the incident. */
function raisedAt(event: StateChange): string {
  const { state, previousState } = event.detail;
  if (state.value === 'OK' && previousState?.value === 'ALARM' && previousState.timestamp)
    return previousState.timestamp;
  return state.timestamp;
}
