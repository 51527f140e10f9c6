import { matchesPattern } from '@selfheal/local-cloud/buses/pattern.ts';
import { InvalidPattern, validatePattern } from '@selfheal/local-cloud/buses/validate-pattern.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ANY,
  event,
  field,
  globMatches,
  type JsonObject,
  type Matcher,
  matcher,
  number,
  pattern,
  presentMatcher,
  scalar,
  text,
} from './events/patterns.ts';
import { fuzzOptions } from './seed.ts';

const RUNS = 200;
const at = (name: string, matchers: readonly Matcher[]): JsonObject => ({ [name]: matchers });
const matches = (value: unknown, ...matchers: Matcher[]) => matchesPattern({ detail: value }, at('detail', matchers));

describe('a matcher of an event pattern', () => {
  it('says of a text what its name says', () => {
    fc.assert(
      fc.property(text, text, (value, operand) => {
        expect(matches(value, operand)).toBe(value === operand);
        expect(matches(value, { prefix: operand })).toBe(value.startsWith(operand));
        expect(matches(value, { suffix: operand })).toBe(value.endsWith(operand));
        const same = value.toLowerCase() === operand.toLowerCase();
        expect(matches(value, { 'equals-ignore-case': operand })).toBe(same);
        const glob = [...operand.replace(/\*+/g, '*')].map((char) => (char === '*' ? ANY : char));
        expect(matches(value, { wildcard: operand })).toBe(globMatches(glob, value));
      }),
      fuzzOptions(RUNS),
    );
  });

  it('with anything-but matches exactly the values that the plain matcher does not', () => {
    const named = fc.constantFrom('prefix', 'suffix', 'wildcard', 'equals-ignore-case');
    fc.assert(
      fc.property(scalar, fc.array(fc.oneof(text, number), { minLength: 1, maxLength: 3 }), (value, operands) => {
        expect(matches(value, { 'anything-but': operands })).toBe(!matches(value, ...operands));
      }),
      fuzzOptions(RUNS),
    );
    fc.assert(
      fc.property(scalar, named, fc.array(text, { minLength: 1, maxLength: 3 }), (value, name, operands) => {
        const plain = operands.map((operand) => ({ [name]: operand }));
        expect(matches(value, { 'anything-but': { [name]: operands } })).toBe(!matches(value, ...plain));
        expect(matches(value, { 'anything-but': { [name]: operands[0]! } })).toBe(!matches(value, plain[0]!));
      }),
      fuzzOptions(RUNS),
    );
  });

  it('with numeric compares numbers, and nothing else', () => {
    const opposite = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;
    const name = fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const);
    fc.assert(
      fc.property(scalar, name, number, name, number, (value, first, bound, second, other) => {
        const one = matches(value, { numeric: [first, bound] });
        const not = matches(value, { numeric: [opposite[first], bound] });
        expect(one !== not).toBe(typeof value === 'number');
        const both = one && matches(value, { numeric: [second, other] });
        expect(matches(value, { numeric: [first, bound, second, other] })).toBe(both);
        expect(matches(value, { numeric: ['=', bound] })).toBe(value === bound);
      }),
      fuzzOptions(RUNS),
    );
  });

  it('with exists matches either the presence or the absence of a field', () => {
    fc.assert(
      fc.property(event, fc.array(field, { minLength: 1, maxLength: 3 }), (sent, path) => {
        const wanted = (exists: boolean) =>
          path.reduceRight<JsonObject | Matcher[]>((inner, name) => ({ [name]: inner }), [{ exists }]) as JsonObject;
        expect(matchesPattern(sent, wanted(true))).toBe(!matchesPattern(sent, wanted(false)));
      }),
      fuzzOptions(RUNS),
    );
  });

  it('with cidr matches the addresses of the network', () => {
    const bytesOf = (address: string) => address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
    const near = fc.tuple(fc.ipV4(), fc.nat(31)).map(([address, bit]) => {
      const flipped = (bytesOf(address) ^ (1 << bit)) >>> 0;
      return [address, [24, 16, 8, 0].map((shift) => (flipped >>> shift) & 255).join('.')] as const;
    });
    fc.assert(
      fc.property(near, fc.integer({ min: 1, max: 32 }), ([base, address], bits) => {
        const network = (text4: string) => Math.floor(bytesOf(text4) / 2 ** (32 - bits));
        expect(matches(address, { cidr: `${base}/${bits}` })).toBe(network(base) === network(address));
      }),
      fuzzOptions(RUNS),
    );
  });
});

describe('an event pattern', () => {
  it('that is well formed is accepted; an unknown matcher in it is refused, naming the place', () => {
    fc.assert(
      fc.property(pattern, fc.constantFrom('preffix', 'exist', '__proto__', 'toString', ''), (wanted, name) => {
        expect(() => validatePattern(wanted)).not.toThrow();
        const odd = { ...wanted, odd: [Object.defineProperty({}, name, { value: 'x', enumerable: true })] };
        expect(() => validatePattern({ deep: odd })).toThrow(InvalidPattern);
        expect(() => validatePattern({ deep: odd })).toThrow('$.deep.odd');
      }),
      fuzzOptions(RUNS),
    );
  });

  it('matches when every field does, by any of its matchers', () => {
    fc.assert(
      fc.property(
        event,
        pattern,
        fc.array(matcher, { minLength: 1, maxLength: 4 }),
        field,
        (sent, wanted, all, name) => {
          const each = Object.entries(wanted).map(([key, inner]) => matchesPattern(sent, { [key]: inner }));
          expect(matchesPattern(sent, wanted)).toBe(each.every(Boolean));
          const any = all.map((one) => matchesPattern(sent, at(name, [one])));
          expect(matchesPattern(sent, at(name, all))).toBe(any.some(Boolean));
        },
      ),
      fuzzOptions(RUNS),
    );
  });

  it('says of a list what it says of any of its items, and of an empty one what it says of no field', () => {
    fc.assert(
      fc.property(fc.array(scalar, { minLength: 1, maxLength: 4 }), presentMatcher, (items, wanted) => {
        expect(matches(items, wanted)).toBe(items.some((item) => matches(item, wanted)));
        expect(matches([], wanted)).toBe(matchesPattern({}, at('detail', [wanted])));
      }),
      fuzzOptions(RUNS),
    );
  });

  it('with $or matches when one of its branches does, beside the other fields', () => {
    const branches = fc.array(pattern, { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(event, pattern, branches, fc.boolean(), (sent, rest, alternatives, deep) => {
        const whole = { detail: { ...rest, $or: alternatives } } as JsonObject;
        const inDetail = deep ? { detail: { $or: [whole.detail!, whole.detail!] } as JsonObject } : whole;
        const wanted = alternatives.some((branch) => matchesPattern(sent, branch)) && matchesPattern(sent, rest);
        expect(() => validatePattern(whole)).not.toThrow();
        expect(matchesPattern({ detail: sent }, inDetail)).toBe(wanted);
      }),
      fuzzOptions(RUNS),
    );
  });

  it('does not care for fields that it does not name', () => {
    fc.assert(
      fc.property(event, pattern, scalar, (sent, wanted, value) => {
        expect(matchesPattern({ ...sent, unnamed: value, other: [{ a: value }] }, wanted)).toBe(
          matchesPattern(sent, wanted),
        );
      }),
      fuzzOptions(RUNS),
    );
  });

  it('never throws, whatever the event is', () => {
    fc.assert(
      fc.property(fc.anything(), pattern, (sent, wanted) => {
        expect(typeof matchesPattern(sent, wanted)).toBe('boolean');
      }),
      fuzzOptions(RUNS),
    );
  });
});
