import { Refused } from '@selfheal/kernel/errors.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import type { SsmParameterPlaybook } from '#shared/domain/playbook/playbook.ts';
import { fillText } from '#shared/domain/playbook/template.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import type { Grant } from '../contract.ts';
import { type Mechanics, NOTHING_TO_CHECK, type PlaybookParameters, valuesOf } from './mechanics.ts';

/** Changes a parameter from one known value to another, and back. */
export function parameterSwitch(playbook: SsmParameterPlaybook): Mechanics {
  const parts = (parameters: PlaybookParameters) => {
    const values = valuesOf(playbook.id, parameters);
    return {
      name: fillText(playbook.name, values),
      before: fillText(playbook.before, values),
      to: fillText(playbook.to, values),
    };
  };
  const receiptOf = (parameters: PlaybookParameters, at: Date): Receipt => {
    const { name, before, to } = parts(parameters);
    return makeReceipt(`Switched ${name} from ${before} to ${to}.`, at, { before });
  };
  return {
    repeat: { kind: 'harmless', because: 'setting the same value again changes nothing' },
    observe: async (parameters, { parameters: store, clock }) => {
      const { name, before, to } = parts(parameters);
      const value = await store.read(name);
      if (value === to) return { kind: 'happened', receipt: receiptOf(parameters, clock.now()) };
      if (value === before) return { kind: 'not-started' };
      return { kind: 'superseded', reason: `The parameter ${name} has neither its previous value nor the new one.` };
    },
    execute: async (parameters, { parameters: store, clock }) => {
      const { name, to } = parts(parameters);
      await store.write(name, to);
      return receiptOf(parameters, clock.now());
    },
    succeeded: async (parameters, _receipt, { parameters: store }) => {
      const { name, to } = parts(parameters);
      if ((await store.read(name)) === to) return NOTHING_TO_CHECK;
      return { state: 'failed', summary: `Somebody else changed the parameter ${name}.` };
    },
    describeUndo: (parameters) => {
      const { name, before } = parts(parameters);
      return `If it does not help, Selfheal sets ${name} back to ${before}.`;
    },
    undo: async (parameters, _receipt, { parameters: store }) => {
      const { name, before, to } = parts(parameters);
      const value = await store.read(name);
      if (value === before) return `The parameter ${name} is already ${before} again.`;
      if (value !== to) throw new Refused(`Somebody else changed the parameter ${name}, so it was left unchanged.`);
      await store.write(name, before);
      return `Set ${name} back to ${before}.`;
    },
    grants: (values) => {
      const name = fillText(playbook.name, values).replace(/^\//, '');
      const on = (action: string): Grant => ({
        actions: [action],
        resources: [`arn:\${Partition}:ssm:\${Region}:\${Account}:parameter/${name}`],
      });
      const [read, write] = [on('ssm:GetParameter'), on('ssm:PutParameter')];
      return { execute: [write], observe: [read], undo: [read, write] };
    },
  };
}
