import { InvalidDefinition } from './faults.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { compileTemplate, type Template } from './template.ts';

const JSONPATH_FIELDS = new Set([
  'InputPath',
  'OutputPath',
  'ResultPath',
  'ResultSelector',
  'Parameters',
  'Result',
  'ItemsPath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'MaxConcurrencyPath',
  'ErrorPath',
  'CausePath',
  'Iterator',
  'Variable',
]);
const DISTRIBUTED_FIELDS = new Set(['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label']);

interface NumberRule {
  readonly min: number;
  readonly max?: number;
  readonly integer?: boolean;
}

/** Reads the fields of one object in a definition and refuses unknown ones. */
export class Fields {
  readonly #source: JsonObject;
  /** The object's place, for messages: `machine "heal", state "Load"`. */
  readonly #where: string;
  readonly #prefix: string;
  readonly #asked = new Set<string>(['Comment']);

  constructor(source: Json | undefined, where: string, prefix = '') {
    this.#where = where;
    this.#prefix = prefix;
    if (!isJsonObject(source)) {
      const field = prefix && `, field ${prefix.slice(0, -1)}`;
      throw new InvalidDefinition(`${where}${field}: must be an object`);
    }
    this.#source = source;
  }

  get where(): string {
    return this.#where;
  }

  fail(field: string, problem: string): never {
    throw new InvalidDefinition(`${this.#where}, field ${this.#prefix}${field}: ${problem}`);
  }

  take(field: string): Json | undefined {
    this.#asked.add(field);
    return Object.hasOwn(this.#source, field) ? this.#source[field] : undefined;
  }

  text(field: string): string {
    return this.optionalText(field) ?? this.fail(field, 'is missing');
  }

  optionalText(field: string): string | null {
    const value = this.take(field);
    if (value === undefined) return null;
    if (typeof value !== 'string' || value === '') this.fail(field, 'must be a string that is not empty');
    return value;
  }

  flag(field: string): boolean {
    const value = this.take(field) ?? false;
    if (typeof value !== 'boolean') this.fail(field, 'must be true or false');
    return value;
  }

  number(field: string, rule: NumberRule): number | null {
    const value = this.take(field);
    if (value === undefined) return null;
    const problem = numberProblem(value, rule);
    if (problem) this.fail(field, problem);
    return value as number;
  }

  /** A template of any JSON value; null when the field is missing. */
  template(field: string): Template | null {
    const value = this.take(field);
    if (value === undefined) return null;
    const location = `${this.#prefix}${field}`.replaceAll('.', '/');
    try {
      return compileTemplate(value, location, { errorOutput: location.startsWith('Catch[') });
    } catch (error) {
      this.fail(field, (error as Error).message);
    }
  }

  /** A template that is an expression, or a constant of the required type. */
  typed(field: string, problemOf: (constant: Json) => string | null): Template | null {
    const template = this.template(field);
    const problem = template?.constant === undefined ? null : problemOf(template.constant);
    if (problem) this.fail(field, problem);
    return template;
  }

  numeric(field: string, rule: NumberRule): Template | null {
    return this.typed(field, (value) => numberProblem(value, rule));
  }

  /** True, false, or an expression. */
  condition(field: string): Template {
    const isCondition = (value: Json) =>
      typeof value === 'boolean' ? null : "must be true, false or a JSONata expression '{% ... %}'";
    return this.typed(field, isCondition) ?? this.fail(field, 'is missing');
  }

  list(field: string): Json[] {
    const value = this.take(field);
    if (!Array.isArray(value) || value.length === 0) this.fail(field, 'must be a list that is not empty');
    return value;
  }

  /** A list that may be empty or missing. */
  optionalList(field: string): Json[] {
    const value = this.take(field) ?? [];
    return Array.isArray(value) ? value : this.fail(field, 'must be a list');
  }

  /** Reads an object inside this one; messages name it under `field`. */
  nested(field: string, source: Json | undefined): Fields {
    return new Fields(source, this.#where, `${this.#prefix}${field}.`);
  }

  /** Refuses every field that was not read. */
  finish(kind: string): void {
    for (const field of Object.keys(this.#source)) {
      if (this.#asked.has(field)) continue;
      if (JSONPATH_FIELDS.has(field)) this.fail(field, 'belongs to JSONPath; only JSONata is supported');
      if (DISTRIBUTED_FIELDS.has(field)) this.fail(field, 'belongs to a distributed Map; only inline is supported');
      this.fail(field, `is not a field of ${kind}`);
    }
  }
}

function numberProblem(value: Json, rule: NumberRule): string | null {
  const fits =
    typeof value === 'number' &&
    value >= rule.min &&
    value <= (rule.max ?? Number.MAX_SAFE_INTEGER) &&
    (rule.integer === false || Number.isInteger(value));
  if (fits) return null;
  const kind = rule.integer === false ? 'a number' : 'an integer';
  return `must be ${kind} of at least ${rule.min}${rule.max === undefined ? '' : ` and at most ${rule.max}`}`;
}
