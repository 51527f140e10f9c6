import { BlockList, isIP } from 'node:net';
import { isObject, type JsonObject, listOf } from '../template/json.ts';

/** A rule's pattern that EventBridge would refuse; the message names the place in it. */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidPattern';
}

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
const MATCHERS = ['exists', 'numeric', 'cidr', 'anything-but', ...Object.keys(TEXT_TESTS)];

/**
 * Whether the event matches the pattern (EventBridge User Guide, "Event patterns"). A list in the event matches when one
 * of its items does. Names match exactly; a field the pattern does not name may have any value.
 */
export function matchesPattern(event: unknown, pattern: JsonObject): boolean {
  if (Array.isArray(event)) return event.some((item) => isObject(item) && matchesPattern(item, pattern));
  const fields = isObject(event) ? event : {};
  return Object.entries(pattern).every(([name, expected]) => {
    if (isAlternatives(name, expected)) return expected.some((each) => matchesPattern(fields, each));
    const actual = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (Array.isArray(expected)) return fieldMatches(actual, expected);
    return isObject(expected) && matchesPattern(isNested(actual) ? actual : {}, expected);
  });
}

/** Throws `InvalidPattern` for a pattern that would silently match nothing, or not what it says. */
export function validatePattern(pattern: unknown, place = '$'): asserts pattern is JsonObject {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new InvalidPattern(`${place} must be an object with at least one field.`);
  }
  for (const [name, expected] of Object.entries(pattern)) {
    const inner = `${place}.${name}`;
    if (isAlternatives(name, expected))
      expected.forEach((each, index) => void validatePattern(each, `${inner}[${index}]`));
    else if (isObject(expected)) validatePattern(expected, inner);
    else if (!Array.isArray(expected)) throw new InvalidPattern(`${inner} must be an object or a list.`);
    else if (expected.length === 0) throw new InvalidPattern(`${inner} must not be an empty list.`);
    else for (const matcher of expected) validateMatcher(matcher, inner);
  }
}

function validateMatcher(matcher: unknown, place: string): void {
  if (!isObject(matcher)) return;
  const [name, ...others] = Object.keys(matcher);
  if (name === undefined || others.length > 0)
    throw new InvalidPattern(`${place} needs exactly one name in a matcher.`);
  if (!MATCHERS.includes(name)) throw new InvalidPattern(`${place} uses the unknown matcher ${name}.`);
  const operand = matcher[name];
  if (name === 'numeric' && !isNumericRange(operand))
    throw new InvalidPattern(`${place}: numeric needs pairs of comparison and number.`);
  if (name === 'exists' && typeof operand !== 'boolean')
    throw new InvalidPattern(`${place}: exists needs true or false.`);
  if (name === 'anything-but' && isObject(operand)) {
    const unknown = Object.keys(operand).find((key) => TEXT_TESTS[key] === undefined);
    if (unknown !== undefined) throw new InvalidPattern(`${place}: anything-but does not know ${unknown}.`);
  }
}

function isNumericRange(operand: unknown): boolean {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0) return false;
  return operand.every((part, index) =>
    index % 2 === 0 ? COMPARISONS[String(part)] !== undefined : typeof part === 'number',
  );
}

function isAlternatives(name: string, expected: unknown): expected is JsonObject[] {
  return name === '$or' && Array.isArray(expected) && expected.length > 1 && expected.every(isObject);
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
