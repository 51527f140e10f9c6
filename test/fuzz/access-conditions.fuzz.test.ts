import type { AccessRequest } from '@selfheal/local-cloud/iam/evaluate.ts';
import { arnMatches, wildcardMatches } from '@selfheal/local-cloud/iam/wildcard.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANY, globMatches, ONE } from './events/patterns.ts';
import {
  conditions,
  identityStatement,
  key,
  OPPOSITES,
  request,
  type StatementDocument,
  singleContext,
  someValues,
} from './events/policies.ts';
import { allowAll, verdict } from './events/verdicts.ts';
import { fuzzOptions } from './seed.ts';

const RUNS = 300;

const when = (asked: AccessRequest, Condition: NonNullable<StatementDocument['Condition']>) =>
  verdict(asked, [{ ...allowAll, Condition }]) === 'allowed';

describe('a condition', () => {
  it('only ever narrows what its statement says', () => {
    fc.assert(
      fc.property(request, identityStatement, conditions, (asked, { Condition: _none, ...statement }, Condition) => {
        if (verdict(asked, [{ ...statement, Condition }]) !== 'implicit-deny') {
          expect(verdict(asked, [{ ...statement, Condition }])).toBe(verdict(asked, [statement]));
        }
      }),
      fuzzOptions(RUNS),
    );
  });

  it('holds when each of its parts does', () => {
    fc.assert(
      fc.property(request, conditions, (asked, all) => {
        const parts = Object.entries(all).flatMap(([operator, keys]) =>
          Object.entries(keys).map(([name, values]) => when(asked, { [operator]: { [name]: values } })),
        );
        expect(when(asked, all)).toBe(parts.every(Boolean));
      }),
      fuzzOptions(RUNS),
    );
  });

  it('is turned round by its opposite, for single values', () => {
    fc.assert(
      fc.property(
        request,
        singleContext,
        fc.constantFrom(...OPPOSITES),
        key,
        someValues,
        (asked, context, pair, name, values) => {
          const [holds, not] = pair.map((operator) => when({ ...asked, context }, { [operator]: { [name]: values } }));
          expect(not).toBe(!holds);
        },
      ),
      fuzzOptions(RUNS),
    );
  });

  it('on all values of a list is the opposite of its opposite on any', () => {
    fc.assert(
      fc.property(request, fc.constantFrom(...OPPOSITES), key, someValues, (asked, [plain, negated], name, values) => {
        const holds = (operator: string) => when(asked, { [operator]: { [name]: values } });
        expect(holds(negated)).toBe(!holds(plain));
        expect(holds(`ForAllValues:${plain}`)).toBe(!holds(`ForAnyValue:${negated}`));
        expect(holds(`ForAllValues:${negated}`)).toBe(!holds(`ForAnyValue:${plain}`));
      }),
      fuzzOptions(RUNS),
    );
  });

  it('about a key that the request does not carry holds by its operator alone', () => {
    const missing = (asked: AccessRequest, operator: string) =>
      when(asked, { [operator]: { 'aws:Missing': ['logs'] } });
    fc.assert(
      fc.property(request, fc.constantFrom(...OPPOSITES), (asked, [plain, negated]) => {
        expect(missing(asked, plain)).toBe(false);
        expect(missing(asked, negated)).toBe(true);
        for (const operator of [plain, negated]) {
          expect(missing(asked, `${operator}IfExists`)).toBe(true);
          expect(missing(asked, `ForAllValues:${operator}`)).toBe(true);
          expect(missing(asked, `ForAnyValue:${operator}`)).toBe(false);
          expect(missing(asked, `ForAnyValue:${operator}IfExists`)).toBe(false);
        }
        expect(when(asked, { Null: { 'aws:Missing': ['true'] } })).toBe(true);
        expect(when(asked, { Null: { 'aws:Missing': ['false'] } })).toBe(false);
      }),
      fuzzOptions(50),
    );
  });

  it('with an operator that is not known is refused, not left out', () => {
    fc.assert(
      fc.property(
        request,
        fc.constantFrom('StringIs', 'ForSomeValues:StringEquals', 'constructor', 'ifExists'),
        (asked, name) => {
          expect(() => when(asked, { [name]: { 'sqs:Depth': ['3'] } })).toThrow(name);
        },
      ),
      fuzzOptions(50),
    );
  });
});

describe('a wildcard', () => {
  const glob = fc.array(fc.constantFrom('*', '?', 'a', 'b', ':', '.', '\\', '+', '(', '$', '^'), { maxLength: 7 });
  const subject = fc.string({ unit: fc.constantFrom(...'ab:.\\+($^*?\n'), maxLength: 7 });

  it('stands for any text or any one character, and everything else for itself', () => {
    fc.assert(
      fc.property(glob, subject, (parts, value) => {
        const wanted = parts.map((part) => (part === '*' ? ANY : part === '?' ? ONE : part));
        expect(wildcardMatches(parts.join(''), value)).toBe(globMatches(wanted, value));
        expect(wildcardMatches(parts.join(''), value.toUpperCase(), true)).toBe(globMatches(wanted, value));
      }),
      fuzzOptions(1_000),
    );
  });

  it('of an ARN never reaches over one of its first five colons', () => {
    const part = fc.constantFrom('*', 'aws', 'a*', '?', 'sqs', '');
    const sixth = fc.constantFrom('*', 'intake', 'a:b', 'a:*');
    fc.assert(
      fc.property(
        fc.tuple(part, part, part, part, part, sixth),
        fc.tuple(part, part, part, part, part, sixth),
        (wanted, given) => {
          const arn = given.map((one) => one.replace(/[*?]/g, 'x'));
          const all = wanted.every((one, index) => wildcardMatches(one, arn[index]!));
          expect(arnMatches(wanted.join(':'), arn.join(':'))).toBe(all);
        },
      ),
      fuzzOptions(RUNS),
    );
  });
});
