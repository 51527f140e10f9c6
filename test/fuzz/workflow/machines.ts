import * as fc from 'fast-check';
import { TASK } from '../../../packages/local-cloud/test/workflow/harness.ts';

/** One step of a random machine; every step adds its name to the trail that is the machine's output. */
export type StepSpec =
  | { kind: 'pass' }
  | { kind: 'wait' }
  | { kind: 'task'; failures: number; retries: number; caught: boolean; token: boolean }
  | { kind: 'skip'; taken: boolean }
  | { kind: 'loop'; times: number }
  | { kind: 'fail'; taken: boolean }
  | { kind: 'parallel'; branches: StepSpec[][]; retries: number; caught: boolean }
  | { kind: 'map'; items: number; concurrency: number; body: StepSpec[]; caught: boolean };

const { scope } = fc.letrec<{ scope: StepSpec[]; step: StepSpec }>((tie) => ({
  scope: fc.array(tie('step'), { minLength: 1, maxLength: 4 }),
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('pass' as const) }),
    fc.record({
      kind: fc.constant('task' as const),
      failures: fc.nat(2),
      retries: fc.nat(2),
      caught: fc.boolean(),
      token: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('wait' as const) }),
    fc.record({ kind: fc.constant('skip' as const), taken: fc.boolean() }),
    fc.record({ kind: fc.constant('loop' as const), times: fc.nat(2) }),
    fc.record({ kind: fc.constant('fail' as const), taken: fc.constantFrom(false, false, false, true) }),
    fc.record({
      kind: fc.constant('parallel' as const),
      branches: fc.array(tie('scope'), { minLength: 1, maxLength: 3 }),
      retries: fc.nat(1),
      caught: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('map' as const),
      items: fc.nat(3),
      concurrency: fc.nat(2),
      body: tie('scope'),
      caught: fc.boolean(),
    }),
  ),
}));

export const machineSpec = scope;

/** The error that everything fails with, so that it does not matter which of two branches fails first. */
const ERROR = 'Bad';
const add = (...parts: string[]) => ({ trail: `{% [$states.input.trail, ${parts.join(', ')}] %}` });

/** Writes the machine that a specification describes. */
export function renderMachine(steps: StepSpec[]): object {
  let count = 0;
  const nextName = () => {
    count += 1;
    return `S${count}`;
  };
  const renderScope = (scope: StepSpec[]): object => {
    const names = [...scope, null].map(nextName);
    const states: Record<string, object> = {};
    scope.forEach((step, index) => {
      const [name = '', next = '', after = next] = names.slice(index, index + 3);
      Object.assign(states, renderStep(step, { name, next, after, before: names[index - 1] ?? null }));
    });
    states[names.at(-1) ?? ''] = { Type: 'Succeed' };
    return { StartAt: names[0], States: states };
  };
  const renderStep = (step: StepSpec, at: Place): Record<string, object> => {
    if (step.kind === 'parallel') {
      const Branches = step.branches.map(renderScope);
      const Retry = [{ ErrorEquals: [ERROR], MaxAttempts: step.retries }];
      return { [at.name]: { Type: 'Parallel', Arguments: { trail: [] }, Branches, Retry, ...joined(step, at) } };
    }
    if (step.kind === 'map') {
      const Items = Array.from({ length: step.items }, (_, index) => index);
      const ItemSelector = { trail: ["{% 'i' & $string($states.context.Map.Item.Index) %}"] };
      const more = { MaxConcurrency: step.concurrency, ItemProcessor: renderScope(step.body), ...joined(step, at) };
      return { [at.name]: { Type: 'Map', Items, ItemSelector, ...more } };
    }
    return renderPlain(step, at);
  };
  return renderScope(steps);
}

interface Place {
  readonly name: string;
  readonly next: string;
  readonly after: string;
  readonly before: string | null;
}

const caughtBy = (caught: boolean, at: Place) =>
  caught
    ? {
        Catch: [
          { ErrorEquals: ['States.ALL'], Output: add(`'${at.name}!' & $states.errorOutput.Error`), Next: at.next },
        ],
      }
    : {};

const joined = (step: { caught: boolean }, at: Place) => ({
  Output: add(`'${at.name}'`, '$states.result.trail'),
  ...caughtBy(step.caught, at),
  Next: at.next,
});

type PlainStep = Exclude<StepSpec, { kind: 'parallel' | 'map' }>;

function renderPlain(step: PlainStep, at: Place): Record<string, object> {
  const { name, next } = at;
  switch (step.kind) {
    case 'pass':
      return { [name]: { Type: 'Pass', Output: add(`'${name}'`), Next: next } };
    case 'wait':
      return { [name]: { Type: 'Wait', Seconds: 1, Output: add(`'${name}'`), Next: next } };
    case 'task':
      return { [name]: renderTask(step, at) };
    case 'skip':
      return { [name]: choice(String(step.taken), at.after, next) };
    case 'fail':
      return {
        [name]: choice(String(step.taken), `${name}F`, next),
        [`${name}F`]: { Type: 'Fail', Error: ERROR },
      };
    case 'loop': {
      const used = `($exists($n${name}) ? $n${name} : 0)`;
      const again = choice(`${used} < ${step.times}`, at.before ?? next, next, { [`n${name}`]: `{% ${used} + 1 %}` });
      return { [name]: again };
    }
    default:
      return step satisfies never;
  }
}

function choice(condition: string, target: string, otherwise: string, assign?: object): object {
  const rule = { Condition: `{% ${condition} %}`, Next: target, ...(assign ? { Assign: assign } : {}) };
  return { Type: 'Choice', Choices: [rule], Default: otherwise };
}

function renderTask(step: Extract<StepSpec, { kind: 'task' }>, at: Place): object {
  return {
    Type: 'Task',
    Resource: step.token ? `${TASK}.waitForTaskToken` : TASK,
    Arguments: { attempt: '{% $states.context.State.RetryCount %}', failures: step.failures },
    Output: add(`'${at.name}:' & $string($states.result)`),
    Retry: [{ ErrorEquals: [ERROR], MaxAttempts: step.retries }],
    ...caughtBy(step.caught, at),
    Next: at.next,
  };
}

/** What a task of a rendered machine does, told by its arguments alone. */
export function taskOutcome(args: unknown): { result: number } | { error: string } {
  const { attempt, failures } = args as { attempt: number; failures: number };
  return attempt < failures ? { error: ERROR } : { result: attempt };
}

/** The trail a machine must end with, or null when it must fail; worked out without the engine. */
export function expectedTrail(steps: StepSpec[]): string[] | null {
  const walk = (scope: StepSpec[], trail: string[], first: number): string[] | null => {
    const names = scope.map((_, index) => `S${first + index}`);
    const inner = innerNumbers(scope, first + scope.length + 1);
    const looped = scope.map(() => 0);
    for (let index = 0; index < scope.length; ) {
      const [step, name] = [scope[index] as StepSpec, names[index] as string];
      if (step.kind === 'skip') index += step.taken ? 2 : 1;
      else if (step.kind === 'loop') {
        const again = index > 0 && (looped[index] as number) < step.times;
        if (again) looped[index] = (looped[index] as number) + 1;
        index += again ? -1 : 1;
      } else {
        const added = visit(step, name, inner[index] as number);
        if (added === null) return null;
        trail.push(...added);
        index += 1;
      }
    }
    return trail;
  };
  const visit = (step: StepSpec, name: string, first: number): string[] | null => {
    if (step.kind === 'pass' || step.kind === 'wait') return [name];
    if (step.kind === 'fail') return step.taken ? null : [];
    if (step.kind === 'task') {
      if (step.failures <= step.retries) return [`${name}:${step.failures}`];
      return step.caught ? [`${name}!${ERROR}`] : null;
    }
    if (step.kind !== 'parallel' && step.kind !== 'map') return [];
    const results =
      step.kind === 'map'
        ? Array.from({ length: step.items }, (_, index) => walk(step.body, [`i${index}`], first))
        : walkBranches(step.branches, first);
    if (results.some((result) => result === null)) return step.caught ? [`${name}!${ERROR}`] : null;
    return [name, ...results.flatMap((result) => result ?? [])];
  };
  const walkBranches = (branches: StepSpec[][], first: number) => {
    let next = first;
    return branches.map((branch) => {
      const result = walk(branch, [], next);
      next += size(branch);
      return result;
    });
  };
  return walk(steps, [], 1);
}

/** How many names a scope uses, inner scopes included. */
function size(scope: StepSpec[]): number {
  return scope.length + 1 + scope.reduce((sum, step) => sum + innerSize(step), 0);
}

function innerSize(step: StepSpec): number {
  if (step.kind === 'map') return size(step.body);
  return step.kind === 'parallel' ? step.branches.reduce((sum, branch) => sum + size(branch), 0) : 0;
}

/** The number of the first name inside each step of a scope. */
function innerNumbers(scope: StepSpec[], first: number): number[] {
  let next = first;
  return scope.map((step) => {
    const own = next;
    next += innerSize(step);
    return own;
  });
}
