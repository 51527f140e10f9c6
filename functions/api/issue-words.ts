import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import type * as z from 'zod';

/** Of a body; of a query it is a parameter. */
export const FIELD = 'field';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const FORMS: Readonly<Record<string, string>> = {
  datetime: 'an instant such as 2026-01-31T08:00:00Z',
  date: 'a day such as 2026-01-31',
  email: 'an e-mail address',
  url: 'a URL',
  uuid: 'a UUID',
};
/** What a text or a list is counted in. */
const UNITS: Readonly<Record<string, string>> = { string: 'characters', array: 'entries', set: 'entries' };

/**
 * What is wrong with a value, as the end of a sentence that begins with its field; undefined where zod's own words serve. The names that an object
 * has are known only where zod finds the fault: an issue that is handed on has lost them.
 */
export function issueWords(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  if (issue.code === 'unrecognized_keys') return unknownNames(issue);
  if (issue.code === 'invalid_value' && typeof input === 'string' && issue.values.length > 1)
    return unknownValue('value', input, issue.values.map(String));
  const must = mustBe(issue);
  if (must === undefined) return undefined;
  return input === undefined ? `is missing: it must be ${must}` : `must be ${must}`;
}

function mustBe(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return listed(issue.values.map((value) => JSON.stringify(value)));
    case 'invalid_union': {
      const forms = issue.errors.map((faults) =>
        faults.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')} ${message}`)).join(', '),
      );
      const words = forms.map((form) => form.replace(/^(?:is missing: it )?must be /, ''));
      return words.length === 0 ? 'of one of the forms that the API describes' : listed([...new Set(words)]);
    }
    case 'too_small':
      return bounded('at least', 'more than', issue.minimum, issue);
    case 'too_big':
      return bounded('at most', 'less than', issue.maximum, issue);
    case 'invalid_format':
      return FORMS[issue.format];
    default:
      return undefined;
  }
}

function bounded(
  inclusive: string,
  exclusive: string,
  bound: number | bigint,
  { origin = '', inclusive: isInclusive = true }: { readonly origin?: string; readonly inclusive?: boolean },
): string {
  const unit = UNITS[origin];
  const least = `${isInclusive ? inclusive : exclusive} ${bound}`;
  if (unit === undefined) return least;
  return `of ${least} ${bound === 1 ? unit.replace(/ies$/, 'y').replace(/s$/, '') : unit}`;
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

function unknownNames({ keys, inst }: z.core.$ZodRawIssue & { readonly code: 'unrecognized_keys' }) {
  const shape = (inst as { readonly shape?: object } | undefined)?.shape;
  if (shape === undefined) return undefined;
  const names = Object.keys(shape);
  return keys
    .map((key) =>
      names.length === 0 ? `There is no ${FIELD} "${key}"; none is taken here.` : unknownValue(FIELD, key, names),
    )
    .join(' ');
}
