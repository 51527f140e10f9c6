import { BlockList, isIP } from 'node:net';
import { isObject, type JsonObject, listOf, objectOf } from '../template/json.ts';
import { isAlternatives } from './validate-pattern.ts';

type TextTest = (value: string, operand: string) => boolean;
const fold = (text: string) => text.toLowerCase();

const TEXT_TESTS: Readonly<Record<string, TextTest>> = {
  prefix: (value, operand) => value.startsWith(operand),
  suffix: (value, operand) => value.endsWith(operand),
  'equals-ignore-case': (value, operand) => fold(value) === fold(operand),
  wildcard: (value, operand) => wildcard(operand).test(value),
};
const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '=': (value, bound) => value === bound,
};

/**
 * Whether the event matches the pattern (EventBridge User Guide, "Event patterns"). A list in the event matches when one of its items
 * does. Field names match exactly, and `a.b` equals a nested `b`; fields that the pattern does not name may have any value.
 */
export function matchesPattern(event: unknown, pattern: JsonObject): boolean {
  return matchesFields(undotted(event), objectOf(undotted(pattern)));
}

function matchesFields(event: unknown, pattern: JsonObject): boolean {
  if (Array.isArray(event)) return event.some((item) => isObject(item) && matchesFields(item, pattern));
  const fields = isObject(event) ? event : {};
  return Object.entries(pattern).every(([name, expected]) => {
    if (isAlternatives(name, expected)) return expected.some((each) => matchesFields(fields, each));
    const actual = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (Array.isArray(expected)) return fieldMatches(actual, expected);
    return isObject(expected) && matchesFields(isNested(actual) ? actual : {}, expected);
  });
}

/** Rewrites `{"a.b": 1}` as `{"a": {"b": 1}}`. */
function undotted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(undotted);
  if (!isObject(value)) return value;
  const whole: Record<string, unknown> = Object.create(null);
  for (const [name, inner] of Object.entries(value)) {
    const [first = name, ...others] = name.split('.');
    const nested = others.reduceRight<unknown>((below, each) => ({ [each]: below }), undotted(inner));
    whole[first] = Object.hasOwn(whole, first) ? merged(whole[first], nested) : nested;
  }
  return whole;
}

function merged(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return [...listed(one), ...listed(other)];
  const whole: Record<string, unknown> = { ...one };
  for (const [name, inner] of Object.entries(other)) {
    whole[name] = Object.hasOwn(whole, name) ? merged(whole[name], inner) : inner;
  }
  return whole;
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isNested(value: unknown): boolean {
  return isObject(value) || (Array.isArray(value) && value.some(isObject));
}

function fieldMatches(actual: unknown, matchers: readonly unknown[]): boolean {
  const wantsAbsent = matchers.some((matcher) => isObject(matcher) && matcher.exists === false);
  const values = Array.isArray(actual) ? actual.filter((item) => !isNested(item)) : [actual];
  if (actual === undefined || isObject(actual) || values.length === 0) return wantsAbsent;
  return values.some((value) => matchers.some((matcher) => valueMatches(value, matcher)));
}

function valueMatches(value: unknown, matcher: unknown): boolean {
  if (!isObject(matcher)) return value === matcher;
  const [[name, operand] = ['', undefined]] = Object.entries(matcher);
  if (name === 'exists') return operand === true;
  if (name === 'numeric') return typeof value === 'number' && inRange(value, listOf(operand));
  if (name === 'cidr') return typeof value === 'string' && inNetwork(value, String(operand));
  if (name === 'anything-but') return differs(value, operand);
  return textMatches(name, value, operand);
}

function differs(value: unknown, operand: unknown): boolean {
  if (!isObject(operand)) return !listOf(operand).includes(value);
  return Object.entries(operand).every(
    ([name, inner]) => !listOf(inner).some((each) => textMatches(name, value, each)),
  );
}

function textMatches(name: string, value: unknown, operand: unknown): boolean {
  const test = TEXT_TESTS[name];
  if (test === undefined || typeof value !== 'string') return false;
  if (isObject(operand)) return test(fold(value), fold(String(operand['equals-ignore-case'])));
  return test(value, String(operand));
}

function inRange(value: number, range: readonly unknown[]): boolean {
  for (let index = 0; index < range.length; index += 2) {
    if (!COMPARISONS[String(range[index])]?.(value, Number(range[index + 1]))) return false;
  }
  return true;
}

function inNetwork(address: string, network: string): boolean {
  const [base = '', bits] = network.split('/');
  if (isIP(address) === 0 || isIP(address) !== isIP(base)) return false;
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(base, Number(bits), family);
  return list.check(address, family);
}

/** `*` is any text, `\*` an asterisk and `\\` a backslash. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\([*\\])|\*+|[.+?^${}()|[\]\\]/g, (part, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`;
    return part.startsWith('*') ? '.*' : `\\${part}`;
  });
  return new RegExp(`^${source}$`, 's');
}
