import { FUNCTIONS } from '#infra/functions.ts';
import { STEPS, type StepName } from '#shared/domain/workflow/steps.ts';
import { healDefinition } from '#statemachines/heal.ts';

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Next: string;
}

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number | string;
  readonly Arguments?: { readonly FunctionName?: string; readonly Payload?: Readonly<Record<string, unknown>> };
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Retry?: readonly Readonly<Record<string, unknown>>[];
  readonly Catch?: readonly Catcher[];
  readonly Choices?: readonly { readonly Next: string; readonly Assign?: Readonly<Record<string, unknown>> }[];
  readonly Branches?: readonly { readonly StartAt: string; readonly States: Readonly<Record<string, State>> }[];
  readonly Default?: string;
  readonly Next?: string;
  readonly End?: boolean;
}

export interface Definition {
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly QueryLanguage: string;
  readonly States: Readonly<Record<string, State>>;
}

/** As it is deployed. */
export const HEAL = JSON.parse(JSON.stringify(healDefinition(FUNCTIONS))) as Definition;

/** Every state by its name, those of branches included. */
export const STATES: ReadonlyMap<string, State> = new Map(
  Object.entries(HEAL.States).flatMap(([name, state]) => [
    [name, state] as const,
    ...(state.Branches ?? []).flatMap(({ States }) => Object.entries(States)),
  ]),
);

/** `act-github` of a state that invokes `${ActGithubFunctionArn}`; undefined for states that invoke nothing. */
export function functionOf({ Arguments }: State): string | undefined {
  const [, name] = /^\$\{(\w+)FunctionArn\}$/.exec(Arguments?.FunctionName ?? '') ?? [];
  return name?.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
}

/** The contract that a function of the workflow keeps. */
export function stepOf(functionName: string): (typeof STEPS)[StepName] {
  const name = functionName.startsWith('act-')
    ? 'act'
    : functionName.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return STEPS[name as StepName];
}

/** Where a state leads to: when it goes well, and by a catcher. */
export function waysOut(state: State): { normal: string[]; caught: string[] } {
  const normal = [state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }) => Next)];
  return {
    normal: normal.filter((name) => name !== undefined),
    caught: (state.Catch ?? []).map(({ Next }) => Next),
  };
}
