import type * as z from 'zod';
import type { STEPS, StepInput, StepName } from '#shared/domain/workflow/steps.ts';
import { anEngine, failing } from '../../../packages/local-cloud/test/workflow/harness.ts';
import { HEAL, stepOf } from './heal-definition.ts';

/** What a step answers, as JSON. */
type StepAnswer<N extends StepName> = z.input<(typeof STEPS)[N]['output']>;
type Answer<N extends StepName> = StepAnswer<N> | Error | ((input: StepInput<N>) => StepAnswer<N> | Error);
/** What each function answers; a list is answered one after the other, and the last one stays. */
type Script = { [N in StepName]?: Answer<N> | Answer<N>[] };
/** Besides the steps, what a person answers to the request for approval, and what the topic says. */
export interface World {
  readonly script?: Script;
  readonly approval?: (input: StepInput<'requestApproval'>) => unknown;
  readonly publish?: () => unknown;
}

export const INCIDENT = 'gh-0123456789';
export const DIGEST = 'd'.repeat(64);
export const retryable = (): Error => failing('Retryable', 'later');
export const broken = (): Error => failing('CorruptRecord', 'gone');

export const aPlan = (plan: Partial<StepAnswer<'plan'>> = {}): StepAnswer<'plan'> => ({
  decision: 'act',
  reasons: ['It fits.', 'It is safe.'],
  digest: DIGEST,
  actionId: 'rerun-failed-jobs',
  family: 'github',
  verifyIntervalSeconds: 1,
  isLast: false,
  approvalSeconds: 3600,
  ...plan,
});

/** What is called of an incident until there is a plan. */
export const UNTIL_PLAN = ['Gather', 'Classify', 'Knowledge', 'Analyze', 'Plan'];
/** What is called last of one that does not end with a human. */
export const ENDING = ['Record', 'Notify'];

/** A flaky run that one re-run heals. */
const HEALTHY: { [N in StepName]: Answer<N> } = {
  gather: { lines: 3, sources: 1, notes: [] },
  classify: {
    next: 'continue',
    reason: '',
    status: 'open',
    class: 'flaky_tests',
    verdict: 'flaky',
    confidence: 0.9,
    duplicateOf: null,
  },
  knowledge: { matchId: null, useModel: true, similar: 0 },
  analyze: { source: 'rules', confidence: 0.9, preExisting: false },
  plan: aPlan(),
  requestApproval: null,
  guard: { next: 'act', lease: 'lease-1', reasons: [] },
  act: { state: 'done', summary: 'Re-run.' },
  verify: { state: 'recovered', summary: 'It passed.' },
  undo: { state: 'undone', summary: 'Undone.' },
  escalate: null,
  record: null,
  notify: null,
};

export interface Healed {
  readonly status: string;
  readonly output: unknown;
  readonly error: string | undefined;
  /** Functions in the order of their calls. */
  readonly calls: string[];
  readonly inputs: Record<string, unknown>[];
  readonly published: unknown[];
}

/** Runs one incident through the definition; inputs and outputs are held against the contract of the steps. */
export async function heal({ script = {}, approval, publish }: World = {}): Promise<Healed> {
  const calls: string[] = [];
  const inputs: Record<string, unknown>[] = [];
  const published: unknown[] = [];
  const counts = new Map<string, number>();
  const engine = await anEngine({
    definition: JSON.parse(JSON.stringify(HEAL).replaceAll(/\$\{(\w+)\}/g, '$1')),
    timeScale: 0.01,
    runTask: async (_machine, resource, args, { taskToken }) => {
      if (resource.endsWith('sns:publish')) {
        published.push(args);
        return publish?.() ?? {};
      }
      const { FunctionName, Payload } = args as { FunctionName: string; Payload: Record<string, unknown> };
      const name = FunctionName.replace(/FunctionArn$/, '');
      calls.push(name);
      inputs.push(Payload);
      const step = stepNameOf(name);
      const answer = answerOf(step, Payload, { ...HEALTHY, ...script }, counts);
      if (taskToken !== null && approval) {
        const output = JSON.stringify(approval(Payload as StepInput<'requestApproval'>));
        await engine.step.handle('SendTaskSuccess', { taskToken, output });
      }
      return { StatusCode: 200, Payload: answer };
    },
  });
  const { status, output, error } = await engine.ended(await engine.start({ incidentId: INCIDENT, attempt: 1 }));
  await engine.step.stop();
  return { status, output: output && JSON.parse(output), error, calls, inputs, published };
}

/** The function that acts on the targets of a family. */
export const actOf = (family: string) => `Act${family[0]?.toUpperCase()}${family.slice(1)}`;

/** The contract that a function of the workflow keeps. */
function stepNameOf(functionName: string): StepName {
  return (functionName.startsWith('Act') ? 'act' : functionName[0]?.toLowerCase() + functionName.slice(1)) as StepName;
}

/** What a function was given at its nth call, from 0. */
export function inputOf({ calls, inputs }: Healed, name: string, nth = 0): Record<string, unknown> | undefined {
  return inputs[calls.flatMap((call, index) => (call === name ? [index] : []))[nth] ?? -1];
}

function answerOf(step: StepName, payload: unknown, script: Script, counts: Map<string, number>): unknown {
  const kebab = step.replaceAll(/([A-Z])/g, '-$1').toLowerCase();
  const { input, output } = stepOf(step === 'act' ? 'act-github' : kebab);
  const parsed = input.parse(payload);
  const count = counts.get(step) ?? 0;
  counts.set(step, count + 1);
  const given = script[step];
  const chosen = Array.isArray(given) ? given[Math.min(count, given.length - 1)] : given;
  const answer = typeof chosen === 'function' ? (chosen as (value: unknown) => unknown)(parsed) : chosen;
  if (answer instanceof Error) throw answer;
  return output.parse(answer);
}
