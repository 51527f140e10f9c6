import { Refused } from '@selfheal/kernel/errors.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import type { ActionPorts } from '#shared/plugins/actions/contract.ts';
import type { AlarmReader } from '#shared/ports/cloud.ts';
import { plannedAlarm } from '../common/alarm-since.ts';

/** What a function was given for the actions of all plans; `portsOf` narrows it to one plan. */
export type RemediationPorts = Omit<ActionPorts, 'alarms'> & { readonly alarms: AlarmReader };

/** The ports that a function was given. All others refuse, so that a plug-in cannot exceed its function's role. */
export function actionPorts(given: Partial<RemediationPorts> & Pick<ActionPorts, 'clock'>): RemediationPorts {
  return {
    codeHost: given.codeHost ?? refusing('codeHost'),
    code: given.code ?? refusing('code'),
    proposals: given.proposals ?? refusing('proposals'),
    fixes: given.fixes ?? refusing('fixes'),
    quarantines: given.quarantines ?? refusing('quarantines'),
    alarms: given.alarms ?? refusing('alarms'),
    deployments: given.deployments ?? refusing('deployments'),
    resources: given.resources ?? refusing('resources'),
    lambdaAliases: given.lambdaAliases ?? refusing('lambdaAliases'),
    lambdaFunctions: given.lambdaFunctions ?? refusing('lambdaFunctions'),
    ecsServices: given.ecsServices ?? refusing('ecsServices'),
    autoScaling: given.autoScaling ?? refusing('autoScaling'),
    databases: given.databases ?? refusing('databases'),
    databaseSizes: given.databaseSizes ?? refusing('databaseSizes'),
    endpoints: given.endpoints ?? refusing('endpoints'),
    automations: given.automations ?? refusing('automations'),
    parameters: given.parameters ?? refusing('parameters'),
    builds: given.builds ?? refusing('builds'),
    buildRetries: given.buildRetries ?? refusing('buildRetries'),
    clock: given.clock,
  };
}

/** The ports for one plan: of all alarms only its own, and a state from before that went off does not count. */
export function portsOf({ target }: BoundAction, ports: RemediationPorts): ActionPorts {
  return { ...ports, alarms: target.kind === 'alarm' ? plannedAlarm(target, ports.alarms) : refusing('alarms') };
}

function refusing<T extends object>(port: string): T {
  return new Proxy({} as T, {
    get: (_target, method) => async () => {
      throw new Refused(
        `This function has no port ${port}.${String(method)}; declare it for the family of the action.`,
      );
    },
  });
}
