import type { Statement } from './policy.ts';
import { arnMatches, wildcardMatches } from './wildcard.ts';

/** Condition keys of a request; key names are case-insensitive. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

type Comparison = (actual: string, wanted: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (actual, wanted) => actual === wanted,
  StringEqualsIgnoreCase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  StringLike: (actual, wanted) => wildcardMatches(wanted, actual),
  ArnEquals: (actual, wanted) => arnMatches(wanted, actual),
  ArnLike: (actual, wanted) => arnMatches(wanted, actual),
  NumericEquals: (actual, wanted) => Number(actual) === Number(wanted),
  NumericLessThan: (actual, wanted) => Number(actual) < Number(wanted),
  NumericLessThanEquals: (actual, wanted) => Number(actual) <= Number(wanted),
  NumericGreaterThan: (actual, wanted) => Number(actual) > Number(wanted),
  NumericGreaterThanEquals: (actual, wanted) => Number(actual) >= Number(wanted),
  DateEquals: (actual, wanted) => instant(actual) === instant(wanted),
  DateLessThan: (actual, wanted) => instant(actual) < instant(wanted),
  DateLessThanEquals: (actual, wanted) => instant(actual) <= instant(wanted),
  DateGreaterThan: (actual, wanted) => instant(actual) > instant(wanted),
  DateGreaterThanEquals: (actual, wanted) => instant(actual) >= instant(wanted),
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  BinaryEquals: (actual, wanted) => actual === wanted,
};

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

/**
 * Whether every condition of a statement holds (IAM User Guide, "Condition operators").
 * Throws for an unknown operator, so that no condition is silently ignored.
 */
export function conditionsHold(conditions: Statement['conditions'], context: Context): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, contextValue(context, key), wanted, context)),
  );
}

function holds(operator: string, actual: readonly string[] | null, wanted: readonly string[], context: Context) {
  const parsed = parseOperator(operator);
  if (parsed.base === 'Null') return wanted.some((each) => (each.toLowerCase() === 'true') === (actual === null));
  const negated = NEGATED[parsed.base] !== undefined;
  const compare = COMPARISONS[NEGATED[parsed.base] ?? parsed.base];
  if (compare === undefined) throw new Error(`The policy condition operator ${operator} is not supported.`);
  // `ForAnyValue` needs a value that matches; without values it is false, even with a negated operator.
  if (actual === null) return parsed.set !== 'any' && (parsed.ifExists || negated || parsed.set === 'all');
  const values = wanted.map((each) => withVariables(each, context));
  const matches = (value: string) => values.some((each) => compare(value, each)) !== negated;
  if (parsed.set === 'all') return actual.every(matches);
  if (parsed.set === 'any' || !negated) return actual.some(matches);
  return actual.every(matches);
}

function parseOperator(operator: string) {
  const set = operator.startsWith('ForAllValues:') ? 'all' : operator.startsWith('ForAnyValue:') ? 'any' : null;
  const rest = set === null ? operator : operator.slice(operator.indexOf(':') + 1);
  const ifExists = rest.endsWith('IfExists');
  return { set, ifExists, base: ifExists ? rest.slice(0, -'IfExists'.length) : rest };
}

/** Null when the request has no such key. */
function contextValue(context: Context, key: string): readonly string[] | null {
  const found = Object.keys(context).find((each) => each.toLowerCase() === key.toLowerCase());
  const value = found === undefined ? undefined : context[found];
  if (value === undefined) return null;
  return typeof value === 'string' ? [value] : value;
}

/** Replaces policy variables (`${aws:PrincipalArn}`); `${*}`, `${?}` and `${$}` stand for the literal character. */
export function withVariables(text: string, context: Context): string {
  if (!text.includes('${')) return text;
  return text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (['*', '?', '$'].includes(name)) return name;
    const [key = '', fallback] = name.split(',').map((part) => part.trim());
    return contextValue(context, key)?.[0] ?? fallback?.replace(/^'|'$/g, '') ?? whole;
  });
}

/** Epoch milliseconds of an ISO 8601 instant or of epoch seconds. */
function instant(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}
