import { isIP } from 'node:net';
import { isObject, type JsonObject } from '../template/json.ts';

/** EventBridge would refuse this pattern; the message gives the place in it and AWS's reason. */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidPattern';
}

const MAX_PATTERN_LENGTH = 4096;
const MAX_NUMBER = 5e9;

/** Matchers that apply to strings only. */
const TEXT_MATCHERS = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'] as const;
const MATCHERS: readonly string[] = ['exists', 'numeric', 'cidr', 'anything-but', ...TEXT_MATCHERS];

/**
 * Throws `InvalidPattern` for a pattern that EventBridge refuses. Source: the rule compiler of AWS Event Ruler, and answers of
 * TestEventPattern.
 */
export function validatePattern(pattern: unknown): asserts pattern is JsonObject {
  if (JSON.stringify(pattern ?? null).length > MAX_PATTERN_LENGTH) {
    throw new InvalidPattern(`$: The pattern is longer than ${MAX_PATTERN_LENGTH} characters.`);
  }
  validateFields(pattern, '$');
}

function validateFields(pattern: unknown, place: string): void {
  if (!isObject(pattern)) refuse(place, 'Filter is not an object');
  if (Object.keys(pattern).length === 0) refuse(place, 'Empty objects are not allowed');
  for (const [name, expected] of Object.entries(pattern)) {
    const inner = `${place}.${name}`;
    if (isAlternatives(name, expected))
      expected.forEach((each, index) => void validateFields(each, `${inner}[${index}]`));
    else if (isObject(expected)) validateFields(expected, inner);
    else validateValues(expected, name, inner);
  }
}

function validateValues(expected: unknown, name: string, place: string): void {
  if (!Array.isArray(expected)) refuse(place, `"${name}" must be an object or an array`);
  if (expected.length === 0) refuse(place, 'Empty arrays are not allowed');
  for (const each of expected) {
    if (isObject(each)) validateMatcher(each, place);
    else if (Array.isArray(each)) refuse(place, 'Match value must be String, number, true, false, or null');
  }
}

/** Whether the field is an `$or` with at least two patterns; any other field named `$or` is an ordinary one. */
export function isAlternatives(name: string, expected: unknown): expected is JsonObject[] {
  const isPattern = (each: unknown) => isObject(each) && !Object.keys(each).some((key) => MATCHERS.includes(key));
  return name === '$or' && Array.isArray(expected) && expected.length > 1 && expected.every(isPattern);
}

function validateMatcher(matcher: JsonObject, place: string): void {
  const [name = '', operand] = onlyEntry(matcher, place);
  switch (name) {
    case 'exists':
      if (typeof operand !== 'boolean') refuse(place, 'exists match pattern must be either true or false.');
      return;
    case 'numeric':
      validateNumeric(operand, place);
      return;
    case 'cidr':
      validateCidr(operand, place);
      return;
    case 'anything-but':
      validateAnythingBut(operand, place);
      return;
    case 'prefix':
    case 'suffix': {
      const [inner, text] = isObject(operand) ? onlyEntry(operand, place) : [null, operand];
      if (inner !== null && inner !== 'equals-ignore-case') refuse(place, `Unsupported ${name} pattern: ${inner}`);
      validateText(name, text, place);
      return;
    }
    case 'equals-ignore-case':
      validateText(name, operand, place);
      return;
    case 'wildcard':
      validateWildcard(operand, place);
      return;
    default:
      refuse(place, `Unrecognized match type ${name}`);
  }
}

function onlyEntry(matcher: JsonObject, place: string): [name: string, operand: unknown] {
  const [first, ...others] = Object.entries(matcher);
  if (first === undefined) refuse(place, 'Empty objects are not allowed');
  if (others.length > 0) refuse(place, 'Only one key allowed in match expression');
  return first;
}

function validateText(name: string, operand: unknown, place: string): void {
  if (typeof operand !== 'string') refuse(place, `${name} match pattern must be a string`);
}

function validateWildcard(operand: unknown, place: string): void {
  validateText('wildcard', operand, place);
  const text = String(operand);
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') {
      at += 1;
      if (text[at] !== '*' && text[at] !== '\\') refuse(place, `Invalid escape character at pos ${at - 1}`);
    } else if (text[at] === '*' && text[at + 1] === '*') {
      refuse(place, `Consecutive wildcard characters at pos ${at}`);
    }
  }
  if (repeatsAfterWildcards(text)) {
    const advice =
      'try using fewer wildcard characters or fewer repeating character sequences after a wildcard character';
    refuse(place, `Rule is too complex - ${advice}`);
  }
}

/** How often the same text may occur between wildcards. AWS counts the states of its automaton; this approximates it. */
const MAX_REPEATS = 2;

function repeatsAfterWildcards(text: string): boolean {
  const [, ...parts] = text.replace(/\\./gs, '..').split('*');
  const counts = new Map<string, number>();
  for (const part of parts.filter((each) => each !== '')) counts.set(part, (counts.get(part) ?? 0) + 1);
  return [...counts.values()].some((count) => count > MAX_REPEATS);
}

/** Accepts one value, one bound, or a lower bound followed by an upper one. */
function validateNumeric(operand: unknown, place: string): void {
  if (!Array.isArray(operand)) refuse(place, 'Value of numeric must be an array.');
  if (operand.length === 0) refuse(place, 'Invalid member in numeric match: ]');
  const bounds: { operator: string; value: number }[] = [];
  for (let at = 0; at < operand.length; at += 2) {
    const [operator, value] = [operand[at], operand[at + 1]];
    if (typeof operator !== 'string') refuse(place, `Invalid member in numeric match: ${operator}`);
    if (!['=', '<', '<=', '>', '>='].includes(operator)) {
      refuse(place, `Unrecognized numeric range operator: ${operator}`);
    }
    if (typeof value !== 'number') refuse(place, `Value of ${operator === '=' ? 'equals' : operator} must be numeric`);
    if (Math.abs(value) > MAX_NUMBER) refuse(place, 'Value must be between -5.0E9 and 5.0E9, inclusive');
    bounds.push({ operator, value });
  }
  validateRange(bounds, place);
}

function validateRange(bounds: readonly { operator: string; value: number }[], place: string): void {
  const [first, second, ...others] = bounds;
  if (first === undefined || second === undefined) return;
  if (first.operator === '=' || others.length > 0) refuse(place, 'Too many terms in numeric range');
  const upwards = first.operator.startsWith('>');
  if (!second.operator.startsWith(upwards ? '<' : '>')) refuse(place, `Bad numeric range operator: ${second.operator}`);
  const [bottom, top] = upwards ? [first.value, second.value] : [second.value, first.value];
  if (bottom >= top) refuse(place, 'Bottom must be less than top');
}

function validateCidr(operand: unknown, place: string): void {
  if (typeof operand !== 'string') refuse(place, 'prefix match pattern must be a string');
  const [address = '', mask, ...others] = operand.split('/');
  if (mask === undefined || others.length > 0) refuse(place, "Malformed CIDR, one '/' required");
  const family = isIP(address);
  if (family === 0) refuse(place, `Nonstandard IP address: ${address}`);
  if (!/^\d{1,3}$/.test(mask)) refuse(place, 'Malformed CIDR, mask bits must be an integer');
  const bits = family === 6 ? 128 : 32;
  if (Number(mask) > bits) refuse(place, `IPv${family} mask bits must be < ${bits + 1}`);
}

function validateAnythingBut(operand: unknown, place: string): void {
  if (isObject(operand)) {
    validateAnythingButText(operand, place);
    return;
  }
  const values = Array.isArray(operand) ? operand : [operand];
  if (values.length === 0) refuse(place, 'Empty arrays are not allowed');
  const kinds = new Set(
    values.map((each) => (typeof each === 'string' || typeof each === 'number' ? typeof each : null)),
  );
  if (kinds.has(null)) refuse(place, 'Value of anything-but must be an array or single string/number value.');
  if (kinds.size > 1) {
    refuse(place, 'Inside anything but list, either all values are number or string, mixed type is not supported');
  }
}

function validateAnythingButText(operand: JsonObject, place: string): void {
  const [name, inner] = onlyEntry(operand, place);
  if (!(TEXT_MATCHERS as readonly string[]).includes(name)) refuse(place, `Unsupported anything-but pattern: ${name}`);
  const texts = Array.isArray(inner) ? inner : [inner];
  if (texts.length === 0) refuse(place, 'Empty arrays are not allowed');
  for (const each of texts) {
    if (name === 'wildcard') validateWildcard(each, place);
    else validateText(name, each, place);
    if (each === '' && (name === 'prefix' || name === 'suffix')) refuse(place, 'Null prefix/suffix not allowed');
  }
}

function refuse(place: string, reason: string): never {
  throw new InvalidPattern(`Event pattern is not valid at ${place}. Reason: ${reason}`);
}
