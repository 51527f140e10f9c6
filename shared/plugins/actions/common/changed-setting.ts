import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import { Refused } from '#shared/kernel/errors.ts';
import type { ActionPlugin, ActionPorts, Observation } from '../contract.ts';
import { alarmSchedule, verifyByAlarm, whileRinging } from './alarm-verification.ts';
import { makeReceipt } from './make-receipt.ts';

export interface SettingParameters {
  /** The value at planning. */
  readonly from: number;
  readonly to: number;
  readonly alarmName: string;
}

/** A number that an action changes and can read back. */
export interface Setting<P> {
  /** Used inside a sentence: `the number of tasks of shop/orders`. */
  name(parameters: P): string;
  /**
   * `value`: null when it is not a number, which is never what was planned. `refusal`: why it must not be changed now,
   * although the number is as planned. Undoing the change is never refused.
   */
  read(parameters: P, ports: ActionPorts): Promise<{ value: number | null; refusal?: string | null }>;
  write(parameters: P, value: number, ports: ActionPorts): Promise<void>;
}

type Steps<P> = Required<
  Pick<ActionPlugin<P>, 'repeat' | 'describeUndo' | 'schedule' | 'observe' | 'execute' | 'verify' | 'undo'>
>;

/**
 * How an action that sets a number is observed, executed, verified and undone. The number itself is the fence: it is
 * the planned one, the previous one, or somebody else's, which is left alone.
 */
export function settingSteps<P extends SettingParameters>(setting: Setting<P>): Steps<P> {
  return {
    repeat: { kind: 'harmless', because: 'it sets a value, and setting it again changes nothing' },
    describeUndo: (parameters) => `If it does not help, ${setting.name(parameters)} is put back to ${parameters.from}.`,
    schedule: alarmSchedule,
    observe: (parameters, ports) => observe(setting, parameters, ports),
    execute: async (parameters, ports) => {
      // Most of these numbers have no conditional update: reading once more right before leaves others the least time
      // for an unseen change.
      const { value } = await setting.read(parameters, ports);
      if (value !== parameters.from) throw new Refused(changedBySomebody(setting, parameters));
      await setting.write(parameters, parameters.to, ports);
      return receiptOf(setting, parameters, ports.clock.now());
    },
    verify: async (parameters, _receipt, context) => {
      const { value } = await setting.read(parameters, context.ports);
      const failure = `Somebody else changed ${setting.name(parameters)} to ${value ?? 'none'}.`;
      return await verifyByAlarm(parameters, context, value === parameters.to ? null : failure);
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
  return await whileRinging(parameters.alarmName, ports);
}

async function restore<P extends SettingParameters>(
  setting: Setting<P>,
  parameters: P,
  ports: ActionPorts,
): Promise<string> {
  const { from, to } = parameters;
  const name = setting.name(parameters);
  const { value } = await setting.read(parameters, ports);
  if (value !== from && value !== to) return `Somebody else changed ${name} to ${value ?? 'none'}; it was left so.`;
  if (value === to) await setting.write(parameters, from, ports);
  return `Put ${name} back to ${from}.`;
}

function receiptOf<P extends SettingParameters>(setting: Setting<P>, parameters: P, at: Date): Receipt {
  const { from, to } = parameters;
  return makeReceipt(`Changed ${setting.name(parameters)} from ${from} to ${to}.`, at, { from, to });
}

const changedBySomebody = <P extends SettingParameters>(setting: Setting<P>, parameters: P): string =>
  `Somebody changed ${setting.name(parameters)} since it was planned.`;
