import { AwsFault } from '../gateway/fault.ts';
import { isObject, type JsonObject } from '../template/json.ts';

type Test = (value: unknown, wanted: unknown) => boolean;

const ordered =
  (holds: (a: number, b: number) => boolean): Test =>
  (value, wanted) =>
    typeof value === 'number' && typeof wanted === 'number' && holds(value, wanted);
/** A list of metadata equals what any of its members equals. */
const equals: Test = (value, wanted) => (Array.isArray(value) ? value.includes(wanted) : value === wanted);

const TESTS: Readonly<Record<string, Test>> = {
  $eq: equals,
  $ne: (value, wanted) => !equals(value, wanted),
  $gt: ordered((a, b) => a > b),
  $gte: ordered((a, b) => a >= b),
  $lt: ordered((a, b) => a < b),
  $lte: ordered((a, b) => a <= b),
  $in: (value, wanted) => Array.isArray(wanted) && wanted.some((one) => equals(value, one)),
  $nin: (value, wanted) => Array.isArray(wanted) && !wanted.some((one) => equals(value, one)),
  $exists: (value, wanted) => (value !== undefined) === wanted,
};

/**
 * Whether metadata passes a filter (https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html).
 * `fixed`: keys that cannot be filtered by. Throws `AwsFault` for a filter that the service would refuse.
 */
export function passes(filter: unknown, metadata: JsonObject, fixed: ReadonlySet<string>): boolean {
  if (!isObject(filter) || Object.keys(filter).length === 0) throw refused('it must be an object with a condition');
  return Object.entries(filter)
    .map(([key, condition]) => {
      if (key === '$and' || key === '$or') return joined(key, condition, metadata, fixed);
      if (fixed.has(key)) throw refused(`${key} is not filterable`);
      return meets(metadata[key], condition);
    })
    .every(Boolean);
}

function joined(key: '$and' | '$or', parts: unknown, metadata: JsonObject, fixed: ReadonlySet<string>): boolean {
  if (!Array.isArray(parts) || parts.length === 0) throw refused(`${key} takes a list of filters`);
  const passed = parts.map((part) => passes(part, metadata, fixed));
  return key === '$and' ? passed.every(Boolean) : passed.some(Boolean);
}

function meets(value: unknown, condition: unknown): boolean {
  const tests = isObject(condition) ? condition : { $eq: condition };
  return Object.entries(tests)
    .map(([name, wanted]) => {
      const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
      if (test === undefined) throw refused(`there is no operator ${name}`);
      return test(value, wanted);
    })
    .every(Boolean);
}

const refused = (why: string): AwsFault => new AwsFault('ValidationException', `Invalid filter: ${why}.`);
