import { Refused } from '@selfheal/kernel/errors.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin, ActionPorts, Observation } from '../contract.ts';
import { alarmSchedule, verifyByAlarm, whileRinging } from './alarm-verification.ts';
import { makeReceipt } from './make-receipt.ts';

export interface SettingParameters {
  /** The value at planning. */
  readonly from: number;
  readonly to: number;
  readonly alarmName: string;
  /** Present when the alarm was quiet and a person asked: it neither stands against the change, nor shows that it helped. */
  readonly quiet?: true | undefined;
}

/** A number that an action sets and can read back. */
export interface Setting<P> {
  /** Its name within a sentence: `the number of tasks of shop/orders`. */
  name(parameters: P): string;
  /**
   * Reads the current `value`; null when it is not a number, which never equals the planned one. `refusal`: why it must not be changed now even
   * if the number is as planned; ignored when undoing.
   */
  read(parameters: P, ports: ActionPorts): Promise<{ value: number | null; refusal?: string | null }>;
  write(parameters: P, value: number, ports: ActionPorts): Promise<void>;
}

type Steps<P> = Required<
  Pick<ActionPlugin<P>, 'repeat' | 'describeUndo' | 'schedule' | 'observe' | 'execute' | 'verify' | 'undo'>
>;

/**
 * Observation, execution, verification and undo of an action that sets a number. The number itself shows who changed it last: it is the planned
 * value, the previous one, or one that somebody else set, which is left unchanged.
 */
export function settingSteps<P extends SettingParameters>(setting: Setting<P>): Steps<P> {
  return {
    repeat: { kind: 'harmless', because: 'setting the same value again changes nothing' },
    describeUndo: (parameters) =>
      `If it does not help, Selfheal sets ${setting.name(parameters)} back to ${parameters.from}.`,
    schedule: alarmSchedule,
    observe: (parameters, ports) => observe(setting, parameters, ports),
    execute: async (parameters, ports) => {
      // Most of these settings have no conditional update, so they are read once more right before: that leaves the least time for an unseen change.
      const { value } = await setting.read(parameters, ports);
      if (value !== parameters.from) throw new Refused(changedBySomebody(setting, parameters));
      await setting.write(parameters, parameters.to, ports);
      return receiptOf(setting, parameters, ports.clock.now());
    },
    verify: async (parameters, _receipt, context) => {
      const { value } = await setting.read(parameters, context.ports);
      const failure = `Somebody else changed ${setting.name(parameters)} to ${value ?? 'none'}.`;
      const verified = await verifyByAlarm(parameters, context, value === parameters.to ? null : failure);
      return parameters.quiet === true ? { ...verified, inconclusive: true } : verified;
    },
    undo: (parameters, _receipt, ports) => restore(setting, parameters, ports),
  };
}

async function observe<P extends SettingParameters>(
  setting: Setting<P>,
  parameters: P,
  ports: ActionPorts,
): Promise<Observation> {
  const { value, refusal } = await setting.read(parameters, ports);
  if (value === parameters.to) {
    return { kind: 'happened', receipt: receiptOf(setting, parameters, ports.clock.now()) };
  }
  if (value !== parameters.from) return { kind: 'superseded', reason: changedBySomebody(setting, parameters) };
  if (refusal != null) return { kind: 'superseded', reason: refusal };
  return parameters.quiet === true ? { kind: 'not-started' } : await whileRinging(parameters.alarmName, ports);
}

async function restore<P extends SettingParameters>(
  setting: Setting<P>,
  parameters: P,
  ports: ActionPorts,
): Promise<string> {
  const { from, to } = parameters;
  const name = setting.name(parameters);
  const { value } = await setting.read(parameters, ports);
  if (value !== from && value !== to)
    return `Somebody else changed ${name} to ${value ?? 'none'}, so it was left unchanged.`;
  if (value === to) await setting.write(parameters, from, ports);
  return `Set ${name} back to ${from}.`;
}

function receiptOf<P extends SettingParameters>(setting: Setting<P>, parameters: P, at: Date): Receipt {
  const { from, to } = parameters;
  return makeReceipt(`Changed ${setting.name(parameters)} from ${from} to ${to}.`, at, { from, to });
}

const changedBySomebody = <P extends SettingParameters>(setting: Setting<P>, parameters: P): string =>
  `Somebody has changed ${setting.name(parameters)} since the plan was made.`;
