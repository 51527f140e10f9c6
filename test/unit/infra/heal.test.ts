import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseDefinition } from '@selfheal/local-cloud/workflow/parse-definition.ts';
import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '#infra/functions.ts';
import { HEAL_EDGES, HEAL_STATES, reachableFrom } from '#shared/domain/workflow/heal-graph.ts';
import { healDefinition, substitutionOf } from '#statemachines/heal.ts';
import { workflowFiles } from '../../../tools/write-workflow.ts';
import { functionOf, HEAL, STATES, type State, stepOf, waysOut } from './heal-definition.ts';

// The package has no types that TypeScript can find.
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => {
  isValid: boolean;
  errorsText(): string;
};

const tasks = [...STATES].filter(([, state]) => state.Type === 'Task');
const invoking = tasks.flatMap(([name, state]) => {
  const functionName = functionOf(state);
  return functionName === undefined ? [] : [[name, functionName, state] as const];
});
/** A failure of these changes nothing that matters: where it leads to instead. */
const DEGRADATIONS: Readonly<Record<string, string>> = {
  Knowledge: 'Analyze',
  Announce: 'VerifyWait',
  AnnounceRequest: 'Approve',
};
/** When these fail, the way to a human has failed: the machine itself publishes. */
const LAST = new Set(['Escalate', 'Record', 'RecordLinked', 'Notify', 'NotifyWithoutGithub']);

function catchOf(name: string): string {
  if (name === 'LastResort') return 'Failed';
  return DEGRADATIONS[name] ?? (LAST.has(name) ? 'LastResort' : 'Escalate');
}

describe('the definition of the healing workflow', () => {
  it('is committed as it is deployed: `npm run workflow` writes it', () => {
    for (const [file, text] of workflowFiles()) expect(readFileSync(file, 'utf8'), file).toBe(text);
  });

  it('has a graph of all that people see, in which everything begins with the logs and ends with the record', () => {
    expect(new Set(HEAL_EDGES.flatMap(({ from, to }) => [from, to]))).toEqual(new Set(HEAL_STATES));
    expect(reachableFrom('Gather')).toEqual(new Set(HEAL_STATES));
    for (const state of HEAL_STATES) expect(reachableFrom(state), state).toContain('Record');
    expect([...reachableFrom('Record')]).toEqual(['Record']);
    const answers = HEAL_EDGES.filter(({ from }) => from === 'Plan').map(({ to, on }) => [to, ...on]);
    expect(answers).toEqual([
      ['Guard', 'act'],
      ['Approve', 'approve'],
      ['Hold', 'hold'],
      ['Record', 'suggest', 'recovered'],
      ['Escalate'],
    ]);
  });

  it('is not made when a function that it calls is not deployed', () => {
    const others = FUNCTIONS.filter(({ name }) => name !== 'guard');
    expect(() => healDefinition(others)).toThrow('the function guard, which is not deployed');
  });

  it('is valid in the Amazon States Language', () => {
    const checked = validate(HEAL);
    expect(checked.isValid, checked.errorsText()).toBe(true);
  });

  it('can be run by the local runtime as it is', () => {
    expect(parseDefinition('heal', JSON.stringify(HEAL)).timeoutSeconds).toBe(2 * 24 * 3600);
  });

  it('names each workflow function by the substitution that the deployment fills, and uses all of them', () => {
    const named = new Set(invoking.map(([, , { Arguments }]) => Arguments?.FunctionName));
    const inWorkflow = FUNCTIONS.filter(({ trigger }) => trigger.kind === 'workflow').map(({ name }) => name);
    expect([...named].sort()).toEqual(inWorkflow.map((name) => `\${${substitutionOf(name)}}`).sort());
  });

  it.each(invoking)('%s gives the function %s exactly the input it takes', (_name, functionName, { Arguments }) => {
    // What only people cause, beside the workflow, is never set by it.
    const byPeople = ['askedBy', 'endedByPerson', 'acknowledgedByPerson'];
    const taken = Object.keys(stepOf(functionName).input.shape).filter((name) => !byPeople.includes(name));
    expect(Object.keys(Arguments?.Payload ?? {}).sort()).toEqual(taken.sort());
  });

  it.each(invoking.filter(([name]) => name !== 'Approve'))(
    '%s waits a little longer than the function %s may take',
    (...[, functionName, state]) => {
      const { timeoutSeconds } = FUNCTIONS.find(({ name }) => name === functionName) ?? { timeoutSeconds: Number.NaN };
      expect(state.TimeoutSeconds).toBeGreaterThan(timeoutSeconds);
      expect(state.TimeoutSeconds).toBeLessThanOrEqual(timeoutSeconds + 10);
    },
  );

  it.each(tasks)('%s leads to a human or degrades when it fails', (name, state) => {
    const last = state.Catch?.at(-1);
    expect(last).toMatchObject({ ErrorEquals: ['States.ALL'], Next: catchOf(name) });
  });

  it.each(tasks.filter(([name]) => catchOf(name) === 'Escalate'))(
    '%s says what failed before it escalates',
    (_name, state) => {
      const catchers = (state.Catch ?? []).filter(({ Next }) => Next === 'Escalate');
      for (const { Assign } of catchers) expect(Assign).toHaveProperty('reason');
    },
  );

  it.each(invoking)('%s retries what may pass, with full jitter', (_name, _function, state) => {
    expect(state.Retry?.[0]).toEqual({
      ErrorEquals: expect.arrayContaining(['Retryable', 'Lambda.TooManyRequestsException', 'Lambda.ServiceException']),
      IntervalSeconds: 1,
      BackoffRate: 2,
      MaxAttempts: 5,
      MaxDelaySeconds: 30,
      JitterStrategy: 'FULL',
    });
  });

  /** The last try of gathering takes what there is, that of telling mails, an announcement may be left out, and a model's lookup may fail. */
  const asksGithub = invoking.filter(([name, functionName]) => {
    const uses = FUNCTIONS.find((one) => one.name === functionName)?.uses ?? {};
    return (
      'githubTokenSecret' in uses &&
      !['GatherRest', 'NotifyWithoutGithub', 'Announce', 'AnnounceRequest', 'Analyze'].includes(name)
    );
  });

  it.each(asksGithub)('%s waits at least a minute when GitHub asks for it', (_name, _function, state) => {
    expect(state.Retry?.find(({ ErrorEquals }) => (ErrorEquals as string[]).includes('RateLimited'))).toEqual({
      ErrorEquals: ['RateLimited'],
      IntervalSeconds: 60,
      BackoffRate: 2,
      MaxAttempts: 4,
      MaxDelaySeconds: 600,
      // Jitter would make it earlier than GitHub allows.
      JitterStrategy: 'NONE',
    });
  });

  const isEffect = (name: string) => /^Act|^Undo$|^Approve$/.test(name);

  it.each(invoking.filter(([name]) => !isEffect(name)))(
    '%s is repeated twice when its function hung or crashed',
    (_name, _function, state) => {
      expect(state.Retry?.at(-1)).toMatchObject({
        ErrorEquals: ['States.Timeout', 'Sandbox.Timedout', 'Lambda.Unknown', 'Runtime.ExitError'],
        MaxAttempts: 2,
      });
    },
  );

  it('retries no effect after a timeout: nobody knows whether it happened', () => {
    for (const [name, state] of STATES) {
      if (!isEffect(name) || state.Type !== 'Task') continue;
      const retried = (state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals as string[]);
      expect(retried).not.toContain('States.Timeout');
      expect(retried).not.toContain('Sandbox.Timedout');
      expect(retried).not.toContain('Lambda.Unknown');
      expect(retried).not.toContain('Runtime.ExitError');
      expect(retried).not.toContain('States.TaskFailed');
      expect(retried).not.toContain('States.ALL');
    }
  });

  it('says why whenever a choice escalates', () => {
    for (const state of STATES.values()) {
      if (state.Default === 'Escalate') expect(state.Assign).toHaveProperty('reason');
      for (const choice of state.Choices ?? []) {
        if (choice.Next === 'Escalate') expect(choice.Assign).toHaveProperty('reason');
      }
    }
  });

  it('reaches every state from the start, without counting failures', () => {
    const outer = reach(HEAL.States, HEAL.StartAt, ({ normal, caught }) => [...normal, ...caught]);
    expect([...outer].sort()).toEqual(Object.keys(HEAL.States).sort());
  });

  it('ends from wherever it is', () => {
    for (const [name, state] of Object.entries(HEAL.States)) {
      const ends = [...reach(HEAL.States, name, ({ normal }) => normal)].filter(
        (each) => ['Succeed', 'Fail'].includes(HEAL.States[each]?.Type ?? '') || HEAL.States[each]?.End === true,
      );
      expect(ends, `from ${name} (${state.Type})`).not.toEqual([]);
    }
  });

  it('reaches no action but through the guard', () => {
    const guarded = new Set(['Guard']);
    const unguarded = reach(HEAL.States, HEAL.StartAt, ({ normal, caught }) => [...normal, ...caught], guarded);
    expect([...unguarded].filter((name) => name.startsWith('Act'))).toEqual([]);
  });
});

/** Every state that can be come to, without going on from those in `closed`. */
function reach(
  states: Readonly<Record<string, State>>,
  from: string,
  ways: (out: ReturnType<typeof waysOut>) => readonly string[],
  closed: ReadonlySet<string> = new Set(),
): Set<string> {
  const reached = new Set([from]);
  for (const name of reached) {
    const state = states[name];
    if (state === undefined) throw new Error(`There is no state ${name}.`);
    if (!closed.has(name)) for (const next of ways(waysOut(state))) reached.add(next);
  }
  return reached;
}
