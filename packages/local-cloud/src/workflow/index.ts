import type { StepFunctions, StepFunctionsOptions } from './contract.ts';
import { Executions } from './executions.ts';
import { Machines } from './machines.ts';
import { callOperation, makeOperations } from './operations.ts';
import { Store } from './store.ts';

export type { StateMachine, StepFunctions, StepFunctionsOptions, TaskContext, WorkflowEvent } from './contract.ts';

/**
 * Step Functions on one machine: standard workflows in JSONata. A journal lets them continue after a crash.
 * @throws InvalidDefinition naming the machine, the state and the field that cannot be run
 */
export async function makeStepFunctions(options: StepFunctionsOptions): Promise<StepFunctions> {
  const store = new Store(options.dataDir);
  const machines = new Machines(options.machines, store);
  const executions = new Executions(options, store, machines);
  const operations = makeOperations({ options, machines, executions, store });
  return {
    handle: (operation, body) => callOperation(operations, operation, body),
    resume: async () => executions.resumeAll(),
    list: () => executions.list(),
    stop: () => executions.stop(),
  };
}
