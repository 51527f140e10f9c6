import { listOf, type OptionSpec, UsageError } from '@selfheal/cli-kit/command.ts';
import { present } from '@selfheal/kernel/present.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { PERMISSIONS, type Permission } from '#shared/domain/access/caller.ts';
import operations from './operations.json' with { type: 'json' };

/** A field of a request as the API describes it. */
export interface Field {
  readonly name: string;
  readonly in: 'path' | 'query' | 'body';
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  readonly required?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  /** The values that it may have; of a list each of its entries. */
  readonly values?: readonly string[];
  readonly default?: unknown;
}

/** A route as `operations.json` keeps it; `npm run commands` writes the file from the OpenAPI document, and a test compares it. */
export interface Operation {
  readonly permission?: Permission;
  readonly fields: readonly Field[];
}
const OPERATIONS = operations as unknown as Readonly<Record<string, Operation>>;

function operationOf(request: string): Operation {
  const operation = OPERATIONS[request];
  if (operation === undefined) throw new Error(`${request} is not in operations.json. Run "npm run commands".`);
  return operation;
}

/** The fields of a route, `POST /api/keys`. Throws for one that the API does not have. */
export const fieldsOf = (request: string): readonly Field[] => operationOf(request).fields;

/** The role that the route needs, as a sentence; empty where everybody who signed in may. */
export function permissionWords(request: string): string {
  const { permission = 'read' } = operationOf(request);
  if (permission === 'read') return '';
  const [role] = Object.entries(PERMISSIONS).find(([, permissions]) => permissions.includes(permission)) ?? ['admin'];
  return `It needs the role ${role}.`;
}

/** The option for a field, with its bounds, values and default in the help text. */
export function optionOf(
  { type, minimum, maximum, values = [], default: otherwise }: Field,
  { about, value, aliases }: { readonly about: string; readonly value?: string; readonly aliases?: readonly string[] },
): OptionSpec {
  const range = minimum !== undefined && maximum !== undefined ? [`${minimum} to ${maximum}`] : [];
  const listed = values.length > 0 && values.length <= MAX_LISTED ? [values.join(', ')] : [];
  const isSaid = typeof otherwise === 'number' || (typeof otherwise === 'string' && otherwise !== '');
  const words = [[about, ...listed].join(': '), ...range].join(', ');
  return {
    type: type === 'boolean' ? 'boolean' : 'string',
    ...present({ value }),
    about: isSaid ? `${words}; ${otherwise} by default` : words,
    ...present({ aliases }),
  };
}

/** More values make a line of the help text unreadable; who types a wrong one is told them. */
const MAX_LISTED = 10;

/** The value that was typed, in the type of the field. Throws `UsageError` that names the option. */
export function valueTyped(field: Field, option: string, given: string): unknown {
  const { type, values = [] } = field;
  if (type === 'boolean') return given === 'true';
  if (type === 'integer' || type === 'number') return numberOf(field, option, given);
  const words = type === 'array' ? listOf(given) : [given];
  const noun = option.replaceAll('-', ' ');
  const known = words.map((word) =>
    values.includes(word) ? word : (values.find((one) => one === word.toLowerCase()) ?? word),
  );
  const unknown = values.length === 0 ? undefined : known.find((word) => !values.includes(word));
  if (unknown !== undefined) throw new UsageError(`--${option}: ${unknownValue(noun, unknown, values)}`);
  return type === 'array' ? known : known[0];
}

function numberOf({ type, minimum, maximum }: Field, option: string, given: string): number {
  const value = Number(given);
  const isWritten = (type === 'integer' ? /^\d{1,16}$/ : /^(?:\d+(?:\.\d*)?|\.\d+)$/).test(given);
  if (isWritten && value >= (minimum ?? value) && value <= (maximum ?? value)) return value;
  const what = type === 'integer' ? 'a whole number' : 'a number';
  const range = minimum !== undefined && maximum !== undefined ? ` from ${minimum} to ${maximum}` : '';
  throw new UsageError(`--${option} ${given}: expected ${what}${range}.`);
}
