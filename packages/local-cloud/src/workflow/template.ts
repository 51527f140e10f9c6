import jsonata from 'jsonata';
import { limitEvaluation, newLimits } from './evaluation-limits.ts';
import { type ExpressionRules, unsupportedIn } from './expression-rules.ts';
import { StateFailure } from './faults.ts';
import type { Json } from './json.ts';
import { registerStepFunctions } from './jsonata-functions.ts';

/** What an expression may use: the variables in scope, and `states`. */
export type Bindings = Record<string, unknown>;

/** A JSON value in which every string `{% ... %}` is a JSONata expression. */
export interface Template {
  /** Evaluates all expressions in the value. @throws StateFailure `States.QueryEvaluationError` */
  evaluate(bindings: Bindings): Promise<Json>;
  /** The value when it contains no expression, else undefined. */
  readonly constant: Json | undefined;
  /** A failure that names the expression and the field; `problem` completes the sentence: `returned ...`. */
  failure(problem: string): StateFailure;
}

const CODE = /^\{%([\s\S]*)%\}$/;

/**
 * Compiles a template once, so that mistakes show when the machine is created. `field` is its place in the state, for failures:
 * `Output`, `Choices[0]/Condition`.
 * @throws Error naming the expression and the mistake
 */
export function compileTemplate(source: Json, field: string, rules: ExpressionRules = {}): Template {
  if (typeof source === 'string') return compileText(source, field, rules);
  if (typeof source !== 'object' || source === null) return constantTemplate(source, field);
  const at = (key: string) => (Array.isArray(source) ? `${field}[${key}]` : `${field}/${key}`);
  const entries = Object.entries(source).map(([key, value]) => [key, compileTemplate(value, at(key), rules)] as const);
  if (entries.every(([, template]) => template.constant !== undefined)) return constantTemplate(source, field);
  return {
    constant: undefined,
    failure: constantTemplate(null, field).failure,
    evaluate: async (bindings) => {
      const values: [string, Json][] = [];
      for (const [key, template] of entries) values.push([key, await template.evaluate(bindings)]);
      return Array.isArray(source) ? values.map(([, value]) => value) : Object.fromEntries(values);
    },
  };
}

/** A template without expressions. */
export function constantTemplate(value: Json, field: string): Template {
  const failure = (problem: string) =>
    new StateFailure('States.QueryEvaluationError', `The value specified for the field '${field}' ${problem}`, field);
  return { constant: value, evaluate: () => Promise.resolve(value), failure };
}

function compileText(text: string, field: string, rules: ExpressionRules): Template {
  const code = CODE.exec(text)?.[1];
  if (code !== undefined) return compileExpression(code.trim(), field, rules);
  if (text.startsWith('{%') || text.endsWith('%}')) {
    throw new Error(`'${text}' must both start with '{%' and end with '%}' to be an expression`);
  }
  return constantTemplate(text, field);
}

function compileExpression(code: string, field: string, rules: ExpressionRules): Template {
  const expression = parse(code);
  const problem = unsupportedIn(expression.ast(), rules);
  if (problem !== null) throw new Error(`'${code}': ${problem}`);
  registerStepFunctions(expression);
  limitEvaluation(expression);
  const failure = (what: string) => {
    const cause = `The JSONata expression '${code}' specified for the field '${field}' ${what}`;
    return new StateFailure('States.QueryEvaluationError', cause, field);
  };
  return {
    constant: undefined,
    failure,
    evaluate: async (bindings) => {
      const value = await run(expression, bindings, failure);
      if (value === undefined) throw failure('returned nothing (undefined).');
      return value;
    },
  };
}

function parse(code: string): jsonata.Expression {
  try {
    return jsonata(code);
  } catch (error) {
    throw new Error(`'${code}': ${messageOf(error)}`);
  }
}

type Failure = Template['failure'];

async function run(expression: jsonata.Expression, bindings: Bindings, failure: Failure): Promise<Json | undefined> {
  let value: unknown;
  try {
    value = await expression.evaluate(undefined, { ...bindings, ...newLimits() });
  } catch (error) {
    const { code } = error as { code?: unknown };
    const known = typeof code === 'string' ? `. ${code}: ` : ': ';
    throw failure(`threw an error during evaluation${known}${messageOf(error)}`);
  }
  if (holdsFunction(value)) throw failure('returned an unsupported result type.');
  const text = JSON.stringify(value);
  return text === undefined ? undefined : (JSON.parse(text) as Json);
}

/** Whether the value contains a JSONata function, which is not JSON. */
function holdsFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  const marked = value as { _jsonata_lambda?: boolean; _jsonata_function?: boolean };
  if (marked._jsonata_lambda === true || marked._jsonata_function === true) return true;
  return Object.values(value).some(holdsFunction);
}

/** JSONata throws plain objects with a `message`. */
function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : String(error);
}
