import type { Catcher, ChoiceRule, Outcome, Retrier } from './definition.ts';
import type { Fields } from './definition-fields.ts';
import { isJsonObject } from './json.ts';

export type Language = string;

const VARIABLE = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;
const VARIABLE_NAME_LIMIT = 80;
const MAX_ATTEMPTS = 99_999_999;
const MAX_DELAY_SECONDS = 31_622_400;

/** `Assign` and `Output` of a state, a choice rule or a catcher. */
export function parseOutcome(fields: Fields): Outcome {
  const assign = fields.take('Assign');
  if (assign !== undefined) {
    if (!isJsonObject(assign)) fields.fail('Assign', 'must be an object');
    for (const name of Object.keys(assign)) checkVariable(fields, name);
  }
  return { assign: fields.template('Assign'), output: fields.template('Output') };
}

function checkVariable(fields: Fields, name: string): void {
  if (name === 'states') fields.fail('Assign', 'the variable name "states" is reserved');
  if (!VARIABLE.test(name) || name.length > VARIABLE_NAME_LIMIT) {
    fields.fail('Assign', `"${name}" is not a variable name of at most ${VARIABLE_NAME_LIMIT} characters`);
  }
}

/** Reads `Next` or `End`: the next state's name, or null at an end. */
export function parseNext(fields: Fields): string | null {
  const [next, end] = [fields.optionalText('Next'), fields.flag('End')];
  if ((next !== null) === end) fields.fail('Next', 'exactly one of Next and End is needed');
  return next;
}

function parseErrorEquals(fields: Fields, isLast: boolean): string[] {
  const names = fields.list('ErrorEquals').map((name) => {
    return typeof name === 'string' && name !== '' ? name : fields.fail('ErrorEquals', 'must hold error names');
  });
  if (names.includes('States.ALL') && (names.length > 1 || !isLast)) {
    fields.fail('ErrorEquals', 'States.ALL must stand alone and in the last entry');
  }
  return names;
}

export function parseRetriers(fields: Fields): Retrier[] {
  const sources = fields.optionalList('Retry');
  return sources.map((source, index) => {
    const entry = fields.nested(`Retry[${index}]`, source);
    const jitter = entry.optionalText('JitterStrategy') ?? 'NONE';
    if (jitter !== 'FULL' && jitter !== 'NONE') entry.fail('JitterStrategy', 'must be FULL or NONE');
    const retrier: Retrier = {
      errorEquals: parseErrorEquals(entry, index === sources.length - 1),
      intervalSeconds: entry.number('IntervalSeconds', { min: 1, max: MAX_ATTEMPTS }) ?? 1,
      backoffRate: entry.number('BackoffRate', { min: 1, integer: false }) ?? 2,
      maxAttempts: entry.number('MaxAttempts', { min: 0, max: MAX_ATTEMPTS }) ?? 3,
      maxDelaySeconds: entry.number('MaxDelaySeconds', { min: 1, max: MAX_DELAY_SECONDS }),
      fullJitter: jitter === 'FULL',
    };
    if (retrier.maxDelaySeconds !== null && retrier.maxDelaySeconds <= retrier.intervalSeconds) {
      entry.fail('MaxDelaySeconds', 'must be greater than IntervalSeconds');
    }
    entry.finish('a retrier');
    return retrier;
  });
}

export function parseCatchers(fields: Fields): Catcher[] {
  const sources = fields.optionalList('Catch');
  return sources.map((source, index) => {
    const entry = fields.nested(`Catch[${index}]`, source);
    const errorEquals = parseErrorEquals(entry, index === sources.length - 1);
    const catcher = { errorEquals, ...parseOutcome(entry), next: entry.text('Next') };
    entry.finish('a catcher');
    return catcher;
  });
}

export function parseRules(fields: Fields): { rules: ChoiceRule[]; otherwise: string | null } {
  const rules = fields.list('Choices').map((source, index) => {
    const entry = fields.nested(`Choices[${index}]`, source);
    const rule = { condition: entry.condition('Condition'), ...parseOutcome(entry), next: entry.text('Next') };
    entry.finish('a choice rule');
    return rule;
  });
  return { rules, otherwise: fields.optionalText('Default') };
}
