import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { act } from '#shared/app/remediate/act.ts';
import { actionPorts } from '#shared/app/remediate/ports.ts';
import { type ActFunctionConfig, readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import type { ActionPorts } from '#shared/plugins/actions/contract.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';

/** The Lambda that executes the actions of one family: all of them are put together alike and differ in what they may touch. */
export function actFunction(config: ActFunctionConfig, ports: Partial<Omit<ActionPorts, 'clock'>>) {
  const environment = readEnvironment(config, process.env);
  const configuration = loadConfiguration(process.env);
  const deps = {
    family: config.family,
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable, retention: configuration.retention }),
    control: makeDynamoControlStore({ table: environment.controlTable }),
    ports: actionPorts({ ...ports, clock: systemClock }),
    actions: actionsOf(configuration),
    configuration,
    clock: systemClock,
    meter: lambdaMeter,
  };
  return stepFunction({ config, ...STEPS.act, run: (input) => act(input, deps) });
}
