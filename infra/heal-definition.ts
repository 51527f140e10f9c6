import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionConfig } from '#shared/domain/workflow/function-config.ts';

const FILE = join(import.meta.dirname, '../statemachines/heal.asl.json');
/** What stands in the file for all families of actions: the choice of one, and the state that executes it. */
const CHOICE = "{% $plan.family = 'family' %}";
const ACT = 'Act';

interface Choice {
  readonly Condition: string;
  readonly Next: string;
}

interface Written {
  readonly StartAt: string;
  readonly QueryLanguage: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, object>> & {
    readonly Route: { readonly Choices: readonly Choice[] };
    readonly [ACT]: { readonly Arguments: object };
  };
}

/**
 * The definition of the healing workflow as it is deployed: the file's state `Act` becomes one state for each function that executes
 * a family of actions (`ActGithub`), and `Route` a choice for each. Functions stay placeholders (`${ActGithubFunctionArn}`).
 */
export function healDefinition(functions: readonly FunctionConfig[]) {
  const written = JSON.parse(readFileSync(FILE, 'utf8')) as Written;
  const families = functions.flatMap(({ name, family }) => (family === undefined ? [] : [{ family, name }]));
  const { [ACT]: act, Route: route, ...states } = written.States;
  const choices = route.Choices.flatMap((choice) =>
    choice.Next === ACT
      ? families.map(({ family, name }) => ({
          Condition: CHOICE.replace("'family'", `'${family}'`),
          Next: pascalCase(name),
        }))
      : [choice],
  );
  const acts = families.map(({ name }) => {
    const Arguments = { ...act.Arguments, FunctionName: `\${${substitutionOf(name)}}` };
    return [pascalCase(name), { ...act, Arguments }] as const;
  });
  return {
    ...written,
    States: { ...states, Route: { ...route, Choices: choices }, ...Object.fromEntries(acts) },
  };
}

/** `request-approval` is `${RequestApprovalFunctionArn}` in the definition. */
export function substitutionOf(functionName: string): string {
  return `${pascalCase(functionName)}FunctionArn`;
}

/** `ActGithub` of `act-github`. */
export function pascalCase(name: string): string {
  return name.replaceAll(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
