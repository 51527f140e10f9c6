import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Job } from '#shared/domain/incident/job.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import { keyOf } from '#shared/domain/playbook/bind-playbook.ts';
import type { Scalar } from '#shared/domain/playbook/parameter.ts';
import type { Values } from '#shared/domain/playbook/template.ts';
import type { ActionGrants, ActionPorts, Observation, Repeat, Verification } from '../contract.ts';

/** Parameters of a playbook's action. */
export interface PlaybookParameters {
  readonly service: string;
  /** Null for a job. */
  readonly alarmName: string | null;
  /** Absent for an alarm. */
  readonly job?: Job | undefined;
  /** When the alarm went off or the job was found failed, ISO 8601. Earlier effects were not caused by this action. */
  readonly since: string;
  readonly values: Readonly<Record<string, Scalar>>;
}

/** The differences between the kinds of playbooks. The alarm is checked elsewhere. */
export interface Mechanics {
  readonly repeat: Repeat;
  observe(parameters: PlaybookParameters, ports: ActionPorts): Promise<Observation>;
  execute(parameters: PlaybookParameters, ports: ActionPorts): Promise<Receipt>;
  /** `recovered` when the playbook's own success check passes; after that the alarm decides. */
  succeeded(parameters: PlaybookParameters, receipt: Receipt, ports: ActionPorts): Promise<Verification>;
  /** How it is undone; absent without `undo`. */
  describeUndo?(parameters: PlaybookParameters): string;
  undo?(parameters: PlaybookParameters, receipt: Receipt, ports: ActionPorts): Promise<string>;
  /** Grants for these values of one service. */
  grants(values: Values, configuration: Configuration): ActionGrants;
}

/** Values for the playbook's templates. */
export function valuesOf(playbook: string, { service, since, values }: PlaybookParameters): Values {
  return { ...values, service, key: keyOf({ playbook, service, since, values }) };
}

export const NOTHING_TO_CHECK: Verification = { state: 'recovered', summary: 'The playbook has no success check.' };
