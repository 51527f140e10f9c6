import jsonata from 'jsonata';
import { StateFailure } from './faults.ts';
import type { Json } from './json.ts';
import { registerStepFunctions } from './jsonata-functions.ts';

/** What an expression can see: the variables in scope, and `states`. */
export type Bindings = Record<string, unknown>;

/** A JSON value in which every string `{% ... %}` is a JSONata expression. */
export interface Template {
  /** The value with its expressions evaluated. @throws StateFailure `States.QueryEvaluationError` */
  evaluate(bindings: Bindings): Promise<Json>;
  /** The value itself when it holds no expression, else undefined. */
  readonly constant: Json | undefined;
}

/** Guards against expressions that never end. */
const LIMITS = { timeout: 2_000, stack: 1_000 };
const CODE = /^\{%([\s\S]*)%\}$/;

/** True when the string is an expression rather than text. */
export function isExpression(text: string): boolean {
  return CODE.test(text);
}

/**
 * Compiles a template once, so that a mistake shows when the machine is created.
 * @throws Error naming the expression and what is wrong with it
 */
export function compileTemplate(source: Json): Template {
  if (typeof source === 'string') return compileText(source);
  if (typeof source !== 'object' || source === null) return constant(source);
  const entries = Object.entries(source).map(([key, value]) => [key, compileTemplate(value)] as const);
  if (entries.every(([, template]) => template.constant !== undefined)) return constant(source);
  return {
    constant: undefined,
    evaluate: async (bindings) => {
      const values = await Promise.all(entries.map(([, template]) => template.evaluate(bindings)));
      if (Array.isArray(source)) return values;
      return Object.fromEntries(entries.map(([key], index) => [key, values[index] ?? null]));
    },
  };
}

function constant(value: Json): Template {
  return { constant: value, evaluate: () => Promise.resolve(value) };
}

function compileText(text: string): Template {
  const code = CODE.exec(text)?.[1];
  if (code !== undefined) return compileExpression(code.trim());
  if (text.startsWith('{%') || text.endsWith('%}')) {
    throw new Error(`'${text}' must both start with '{%' and end with '%}' to be an expression`);
  }
  return constant(text);
}

function compileExpression(code: string): Template {
  const expression = parse(code);
  if (mentionsEval(expression.ast())) throw new Error(`'${code}': $eval is not supported`);
  registerStepFunctions(expression);
  return {
    constant: undefined,
    evaluate: async (bindings) => {
      const value = await run(code, expression, bindings);
      if (value === undefined) throw queryError(code, 'returned nothing (undefined)');
      return value;
    },
  };
}

function parse(code: string): jsonata.Expression {
  try {
    return jsonata(code, LIMITS);
  } catch (error) {
    throw new Error(`'${code}': ${messageOf(error)}`);
  }
}

async function run(code: string, expression: jsonata.Expression, bindings: Bindings): Promise<Json | undefined> {
  try {
    const text = JSON.stringify(await expression.evaluate(undefined, bindings), refuseFunctions);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch (error) {
    throw queryError(code, messageOf(error));
  }
}

/** JSONata marks its own functions this way; they are not JSON. */
function refuseFunctions(_key: string, value: unknown): unknown {
  const marked = value as { _jsonata_lambda?: boolean; _jsonata_function?: boolean } | null | undefined;
  if (typeof value === 'function' || marked?._jsonata_lambda === true || marked?._jsonata_function === true) {
    throw new Error('the value holds a function');
  }
  return value;
}

function queryError(code: string, problem: string): StateFailure {
  return new StateFailure('States.QueryEvaluationError', `The JSONata expression '${code}' failed: ${problem}`);
}

function mentionsEval(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const { type, value } = node as { type?: unknown; value?: unknown };
  if (type === 'variable' && value === 'eval') return true;
  return Object.values(node).some(mentionsEval);
}

/** JSONata throws plain objects with a `message`. */
function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : String(error);
}
