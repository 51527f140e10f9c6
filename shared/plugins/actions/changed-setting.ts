import { Refused } from '#shared/domain/kernel/errors.ts';
import type { Receipt } from '#shared/domain/remediation/bound-action.ts';
import { alarmSchedule, judgeAlarm } from './alarm-verification.ts';
import type { ActionPlugin, ActionPorts } from './contract.ts';

export interface SettingParameters {
  /** The value at planning. */
  readonly from: number;
  readonly to: number;
  readonly alarmName: string;
}

/** One number of one thing that an action changes and can read back. */
export interface Setting<P> {
  /** In the midst of a sentence: `the number of tasks of shop/orders`. */
  name(parameters: P): string;
  /** `value`: null when it is no number (any more), which is never what was planned. `refusal`: why it must not be changed now, although the number is as planned. Taking the change back is never refused. */
  read(parameters: P, ports: ActionPorts): Promise<{ value: number | null; refusal?: string | null }>;
  write(parameters: P, value: number, ports: ActionPorts): Promise<void>;
}

type Steps<P> = Required<Pick<ActionPlugin<P>, 'schedule' | 'observe' | 'execute' | 'verify' | 'undo'>>;

/**
 * How an action that sets a number is observed, executed, verified and undone. The number itself is the fence: it is what was planned,
 * what was before, or somebody else's, which is left alone.
 */
export function settingSteps<P extends SettingParameters>(setting: Setting<P>): Steps<P> {
  const receiptOf = (parameters: P, at: Date): Receipt => ({
    summary: `Changed ${setting.name(parameters)} from ${parameters.from} to ${parameters.to}.`,
    at: at.toISOString(),
    facts: { from: parameters.from, to: parameters.to },
  });
  return {
    schedule: alarmSchedule,
    observe: async (parameters, ports) => {
      const { value, refusal } = await setting.read(parameters, ports);
      if (value === parameters.to) return { kind: 'happened', receipt: receiptOf(parameters, ports.clock.now()) };
      if (value !== parameters.from) {
        return { kind: 'superseded', reason: `Somebody changed ${setting.name(parameters)} since it was planned.` };
      }
      if (refusal != null) return { kind: 'superseded', reason: refusal };
      const alarm = await ports.alarms.read(parameters.alarmName);
      if (alarm?.state === 'OK') return { kind: 'superseded', reason: 'The alarm is OK again by itself.' };
      return { kind: 'not-started' };
    },
    execute: async (parameters, ports) => {
      // Most of these numbers have no conditional update: a last look leaves others the least time to change them unseen.
      const { value } = await setting.read(parameters, ports);
      if (value !== parameters.from)
        throw new Refused(`Somebody changed ${setting.name(parameters)} since it was planned.`);
      await setting.write(parameters, parameters.to, ports);
      return receiptOf(parameters, ports.clock.now());
    },
    verify: async (parameters, _receipt, { ports, configuration }) => {
      const { value } = await setting.read(parameters, ports);
      const judged = judgeAlarm(await ports.alarms.read(parameters.alarmName), ports.clock.now(), configuration);
      if (judged.state === 'recovered' || value === parameters.to) return judged;
      return { state: 'failed', summary: `Somebody else changed ${setting.name(parameters)} to ${value ?? 'none'}.` };
    },
    undo: async (parameters, _receipt, ports) => {
      const { from, to } = parameters;
      const { value } = await setting.read(parameters, ports);
      if (value === from) return `Put ${setting.name(parameters)} back to ${from}.`;
      if (value !== to)
        return `Somebody else changed ${setting.name(parameters)} to ${value ?? 'none'}; it was left so.`;
      await setting.write(parameters, from, ports);
      return `Put ${setting.name(parameters)} back to ${from}.`;
    },
  };
}
