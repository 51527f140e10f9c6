import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  makeStepFunctions,
  type StateMachine,
  type StepFunctions,
  type StepFunctionsOptions,
  type WorkflowEvent,
} from '../../src/workflow/index.ts';

export const MACHINE_ARN = 'arn:aws:states:eu-west-1:123456789012:stateMachine:sample';
export const TASK = 'arn:aws:states:::lambda:invoke';
const folders: string[] = [];

/** A fresh folder, removed by `removeFolders`. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'workflow-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function aMachine(definition: object): StateMachine {
  return {
    arn: MACHINE_ARN,
    name: 'sample',
    roleArn: 'arn:aws:iam::123456789012:role/sample',
    definition: { QueryLanguage: 'JSONata', ...definition },
    aliases: [{ arn: `${MACHINE_ARN}:live` }],
    versions: [{ arn: `${MACHINE_ARN}:1` }],
  };
}

interface Described {
  executionArn: string;
  status: string;
  output?: string;
  error?: string;
  cause?: string;
}

export interface Engine {
  readonly step: StepFunctions;
  readonly events: WorkflowEvent[];
  readonly dataDir: string;
  start(input?: unknown, name?: string): Promise<string>;
  ended(executionArn: string): Promise<Described>;
  /** Resolves at the first event that fits. */
  seen(fits: (event: WorkflowEvent) => boolean): Promise<WorkflowEvent>;
  history(executionArn: string): Promise<{ type: string; id: number; previousEventId: number }[]>;
}

export type EngineOptions = Partial<StepFunctionsOptions> & { definition: object };

export async function anEngine({ definition, onEvent, ...options }: EngineOptions): Promise<Engine> {
  const events: WorkflowEvent[] = [];
  const watchers = new Set<(event: WorkflowEvent) => void>();
  const dataDir = options.dataDir ?? aFolder();
  const step = await makeStepFunctions({
    dataDir,
    machines: [aMachine(definition)],
    runTask: async (_machine, _resource, args) => args,
    timeScale: 0.001,
    ...options,
    onEvent: (event) => {
      events.push(event);
      for (const watcher of [...watchers]) watcher(event);
      onEvent?.(event);
    },
  });
  const seen = (fits: (event: WorkflowEvent) => boolean) => {
    const earlier = events.find(fits);
    if (earlier) return Promise.resolve(earlier);
    return new Promise<WorkflowEvent>((resolve) => {
      const watcher = (event: WorkflowEvent) => {
        if (!fits(event)) return;
        watchers.delete(watcher);
        resolve(event);
      };
      watchers.add(watcher);
    });
  };
  const describe = (executionArn: string) => step.handle('DescribeExecution', { executionArn }) as Promise<Described>;
  return {
    step,
    events,
    dataDir,
    seen,
    start: async (input = {}, name) => {
      const body = { stateMachineArn: MACHINE_ARN, input: JSON.stringify(input), ...(name ? { name } : {}) };
      return ((await step.handle('StartExecution', body)) as { executionArn: string }).executionArn;
    },
    ended: async (executionArn) => {
      const before = await describe(executionArn);
      if (before.status !== 'RUNNING') return before;
      await seen((event) => event.executionArn === executionArn && isEnd(event));
      return describe(executionArn);
    },
    history: async (executionArn) => {
      const answer = await step.handle('GetExecutionHistory', { executionArn, maxResults: 1000 });
      return (answer as { events: { type: string; id: number; previousEventId: number }[] }).events;
    },
  };
}

const ENDS = new Set(['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionTimedOut', 'ExecutionAborted']);

function isEnd(event: WorkflowEvent): boolean {
  return ENDS.has(event.type);
}

export interface Result {
  status: string;
  output: unknown;
  error?: string | undefined;
  cause?: string | undefined;
}

/** Runs a definition once, from start to end. */
export async function run(options: EngineOptions, input: unknown = {}): Promise<Result> {
  const engine = await anEngine(options);
  const { status, output, error, cause } = await engine.ended(await engine.start(input));
  await engine.step.stop();
  return { status, output: output === undefined ? undefined : JSON.parse(output), error, cause };
}

/** A machine of one state that ends. */
export function only(state: object, more: object = {}): object {
  return { StartAt: 'Only', States: { Only: state }, ...more };
}

export function failing(name: string, message = ''): Error {
  return Object.assign(new Error(message), { name });
}

/** Answers each call with the next of the outcomes; an Error is thrown, and the last one stays. */
export function script(...outcomes: unknown[]) {
  let calls = 0;
  const runTask: StepFunctionsOptions['runTask'] = async () => {
    const outcome = outcomes[Math.min(calls, outcomes.length - 1)];
    calls += 1;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  return { runTask, calls: () => calls };
}
