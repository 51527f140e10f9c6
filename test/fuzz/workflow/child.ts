/**
 * A process to be killed: runs a fixed set of executions over a folder, resuming what an earlier process left.
 * Usage: node child.ts <data folder> <effects file>. Every run of a task appends a line to the effects file first.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeStepFunctions } from '@selfheal/local-cloud/workflow/index.ts';

/** What the last line of the output tells of each execution. */
export interface ChildResult {
  readonly status: string;
  readonly output: string;
}

const [dataDir = '', effects = ''] = process.argv.slice(2);
const ARN = 'arn:aws:states:eu-west-1:123456789012:stateMachine:victim';
const LAMBDA = 'arn:aws:states:::lambda:invoke';
const EXECUTIONS = 8;

const task = (args: unknown, more: object) => ({
  Type: 'Task',
  Resource: LAMBDA,
  Arguments: args,
  Retry: [{ ErrorEquals: ['Again'], IntervalSeconds: 1 }],
  ...more,
});
const chain = (names: string[]) => ({
  StartAt: names[0],
  States: Object.fromEntries(
    names.map((name, index) => [
      name,
      task({ name }, index < names.length - 1 ? { Next: names[index + 1] } : { End: true }),
    ]),
  ),
});
const definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'First',
  States: {
    First: task({ name: 'First', fail: '{% $states.context.State.RetryCount < 2 %}' }, { Next: 'Both' }),
    Both: { Type: 'Parallel', Branches: [chain(['a1', 'a2', 'a3']), chain(['b1', 'b2'])], Next: 'Pause' },
    Pause: { Type: 'Wait', Seconds: 20, Assign: { before: '{% $states.input %}' }, Next: 'Each' },
    Each: {
      Type: 'Map',
      Items: [1, 2, 3, 4],
      MaxConcurrency: 2,
      ItemProcessor: { StartAt: 'm1', States: { m1: task({ name: '{% "m" & $states.input %}' }, { End: true }) } },
      Output: '{% [$before, $states.result] %}',
      End: true,
    },
  },
};

const step = await makeStepFunctions({
  dataDir,
  machines: [{ arn: ARN, name: 'victim', roleArn: 'role', definition, aliases: [], versions: [] }],
  timeScale: 0.001,
  onEvent: () => {},
  runTask: async (_machine, _resource, args, context) => {
    appendFileSync(effects, `${context.executionName} ${context.attemptId}\n`);
    await sleep(Math.random() * 4);
    const { name, fail } = args as { name: string; fail?: boolean };
    if (fail) throw Object.assign(new Error('not yet'), { name: 'Again' });
    return name;
  },
});
await step.resume();
console.log('ready');
for (let index = 0; index < EXECUTIONS; index += 1) {
  const start = step.handle('StartExecution', { stateMachineArn: ARN, name: `victim-${index}`, input: '{}' });
  // An execution that has ended already refuses its name, which is what it should.
  await start.catch((error: Error) => {
    if (error.name !== 'ExecutionAlreadyExists') throw error;
  });
}
while (step.list().some((one) => one.status === 'RUNNING')) await sleep(2);
await step.stop();
const descriptions = step.list().map((one) => step.handle('DescribeExecution', { executionArn: one.executionArn }));
console.log(JSON.stringify(await Promise.all(descriptions)));
