import { Refused } from '@selfheal/kernel/errors.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin, ActionPorts, Observation } from '../contract.ts';
import { alarmSchedule, verifyByAlarm, whileRinging } from './alarm-verification.ts';
import { makeReceipt } from './make-receipt.ts';

/** A number, or a name such as that of an instance class. */
export type SettingValue = number | string;

export interface SettingParameters<V extends SettingValue = number> {
  /** The value at planning. */
  readonly from: V;
  readonly to: V;
  readonly alarmName: string;
  /** Present when the alarm was quiet and a person asked: it neither stands against the change, nor shows that it helped. */
  readonly quiet?: true | undefined;
}

/** A value that an action sets and can read back. */
export interface Setting<P, V extends SettingValue = number> {
  /** Its name within a sentence: `the number of tasks of shop/orders`. */
  name(parameters: P): string;
  /**
   * Reads the current `value`, or the one that is on its way; null when there is none, which never equals the planned one. `refusal`: why it must
   * not be changed now even if the value is as planned; ignored when undoing. `underWay`: why a value that was set is not in effect yet.
   */
  read(parameters: P, ports: ActionPorts): Promise<ReadSetting<V>>;
  write(parameters: P, value: V, ports: ActionPorts): Promise<void>;
}

interface ReadSetting<V> {
  readonly value: V | null;
  readonly refusal?: string | null;
  readonly underWay?: string | null;
}

type Steps<P> = Required<
  Pick<ActionPlugin<P>, 'repeat' | 'describeUndo' | 'schedule' | 'observe' | 'execute' | 'verify' | 'undo'>
>;

/**
 * Observation, execution, verification and undo of an action that sets a value. The value itself shows who changed it last: it is the planned
 * one, the previous one, or one that somebody else set, which is left unchanged.
 */
export function settingSteps<P extends SettingParameters<V>, V extends SettingValue = number>(
  setting: Setting<P, V>,
): Steps<P> {
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
      const { value, underWay = null } = await setting.read(parameters, context.ports);
      if (value === parameters.to && underWay !== null) return { state: 'pending', summary: underWay };
      const failure = `Somebody else changed ${setting.name(parameters)} to ${value ?? 'none'}.`;
      const verified = await verifyByAlarm(parameters, context, value === parameters.to ? null : failure);
      return parameters.quiet === true ? { ...verified, inconclusive: true } : verified;
    },
    undo: (parameters, _receipt, ports) => restore(setting, parameters, ports),
  };
}

async function observe<P extends SettingParameters<V>, V extends SettingValue>(
  setting: Setting<P, V>,
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

async function restore<P extends SettingParameters<V>, V extends SettingValue>(
  setting: Setting<P, V>,
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

function receiptOf<P extends SettingParameters<V>, V extends SettingValue>(
  setting: Setting<P, V>,
  parameters: P,
  at: Date,
): Receipt {
  const { from, to } = parameters;
  return makeReceipt(`Changed ${setting.name(parameters)} from ${from} to ${to}.`, at, { from, to });
}

const changedBySomebody = <P extends SettingParameters<V>, V extends SettingValue>(
  setting: Setting<P, V>,
  parameters: P,
): string => `Somebody has changed ${setting.name(parameters)} since the plan was made.`;
