import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { isIntact } from '#shared/domain/plan/bind-action.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { PolicyReader } from '#shared/ports/policy-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { RemediationPorts } from './ports.ts';

/** What guarding, executing, verifying and undoing an action all need. */
export interface RemediationDeps {
  readonly ports: RemediationPorts;
  readonly actions: readonly ActionPlugin[];
  readonly configuration: Configuration;
  readonly policy: PolicyReader;
  readonly clock: Clock;
  readonly meter: Meter;
}

export interface PlannedAction {
  readonly action: BoundAction;
  readonly plugin: ActionPlugin;
  /** Parsed again with the plug-in's schema. */
  readonly parameters: unknown;
}

/** Reads a plan that may be executed. Throws `CorruptRecord` when it is missing, was changed, or fits no plug-in. */
export async function readPlannedAction(
  { incidentId, digest }: { readonly incidentId: string; readonly digest: string },
  deps: { readonly incidents: Pick<IncidentStore, 'getPlan'>; readonly actions: readonly ActionPlugin[] },
): Promise<PlannedAction> {
  const action = await deps.incidents.getPlan(incidentId, digest);
  if (action === null || action.digest !== digest || action.incidentId !== incidentId || !isIntact(action)) {
    throw new CorruptRecord(`Incident ${incidentId} has no intact plan ${digest}.`);
  }
  const plugin = actionOf(action.actionId, deps.actions);
  if (plugin === null || plugin.family !== action.family || plugin.risk !== action.risk) {
    throw new CorruptRecord(`Plan ${digest} has the action ${action.actionId}, which this version does not know.`);
  }
  const parameters = plugin.parameters.safeParse(action.parameters);
  if (!parameters.success) {
    throw new CorruptRecord(`The parameters of plan ${digest} do not match the schema of ${plugin.id}.`, {
      cause: parameters.error,
    });
  }
  return { action, plugin, parameters: parameters.data };
}
