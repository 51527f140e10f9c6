import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remembering } from '../../src/storage/known-expressions.mjs';

const dynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
type Parse = Parameters<typeof remembering>[0];
const parserOf = (file: string): Parse => dynalite(`./db/${file}`).parse;
const { compare } = dynalite('./db');
const PARSERS = {
  condition: parserOf('conditionParser'),
  update: parserOf('updateParser'),
  projection: parserOf('projectionParser'),
};

const CASES: readonly (readonly [keyof typeof PARSERS, string])[] = [
  ['condition', '(attribute_not_exists(pk) OR #n = :a) AND (attribute_not_exists(pk) OR #m = :b)'],
  ['condition', 'pk = :a AND begins_with(sk, :b)'],
  ['condition', 'contains(takers, :a) OR size(takers) < :b'],
  ['condition', '#n IN (:a, :b) AND NOT #m.inner[3] <> :c'],
  ['condition', '#n BETWEEN :a AND :b'],
  ['condition', 'attribute_type(#n, :a)'],
  ['condition', '((#n = :a))'],
  ['condition', '#unknown = :a'],
  ['condition', '#n = :missing'],
  ['condition', 'status = :a AND #n = :b'],
  ['condition', '#n = = :a'],
  ['condition', 'begins_with(#n, :a) AND grows(#m)'],
  ['update', 'SET #n = :a, things = list_append(if_not_exists(things, :b), :c) REMOVE gone'],
  ['update', 'SET #n = if_not_exists(#n, :a) + :b ADD counted :c'],
  ['update', 'SET #n = :a, #n.inner = :b'],
  ['update', 'ADD #n :a SET #m = :b'],
  ['projection', '#n, plain.inner[2], #m'],
];

const values = fc.oneof(
  fc.record({ S: fc.string({ maxLength: 3 }) }),
  fc.integer({ min: -2, max: 2 }).map((number) => ({ N: String(number) })),
  fc.constant({ SS: ['x', 'y'] }),
  fc.constant({ L: [{ S: 'x' }] }),
  fc.constant({ BOOL: false }),
);
const contexts = fc.record({
  attrNames: fc.constantFrom<Record<string, string>>({ '#n': 'one', '#m': 'two' }, { '#n': 'one', '#m': 'one' }),
  attrVals: fc.record({ ':a': values, ':b': values, ':c': values }),
});
type Context = typeof contexts extends fc.Arbitrary<infer T> ? T : never;

interface Outcome {
  readonly answer?: unknown;
  readonly error?: string;
  readonly unusedAttrNames: object;
  readonly unusedAttrVals: object;
}

/** What the parser answers, and what of the names and values it leaves unused. */
function outcome(parse: Parse, text: string, { attrNames, attrVals }: Context): Outcome {
  const all = (names: object) => Object.fromEntries(Object.keys(names).map((name) => [name, true]));
  const unused = { unusedAttrNames: all(attrNames), unusedAttrVals: all(attrVals) };
  const context = { attrNames, attrVals, ...unused, isReserved: (name: string) => name === 'status', compare };
  try {
    return { answer: parse(text, { context }), ...unused };
  } catch (error) {
    return { error: (error as Error).message, ...unused };
  }
}

describe('expressions that the store has parsed before', () => {
  it.each(CASES)('mean what they mean when they are parsed anew, with any values: %s %s', (kind, text) => {
    const parse = PARSERS[kind];
    const remembered = remembering(parse);
    fc.assert(
      fc.property(fc.array(contexts, { minLength: 2, maxLength: 6 }), (requests) => {
        for (const context of requests)
          expect(outcome(remembered, text, context)).toStrictEqual(outcome(parse, text, context));
      }),
      { numRuns: 100 },
    );
  });

  it('are parsed once for other values of the same types, and again for other types and names', () => {
    let parsed = 0;
    const parse = remembering((text, options) => {
      parsed += 1;
      return PARSERS.condition(text, options);
    });
    const ask = (value: object, name = 'one') =>
      outcome(parse, '#n = :a', { attrNames: { '#n': name }, attrVals: { ':a': value } } as never);
    ask({ S: 'x' });
    ask({ S: 'y' });
    expect(parsed).toBe(1);
    ask({ N: '1' });
    ask({ S: 'x' }, 'two');
    expect(parsed).toBe(3);
  });

  it('do not share what a request does with its tree', () => {
    const parse = remembering(PARSERS.condition);
    const context = { attrNames: { '#n': 'one' }, attrVals: { ':a': { S: 'x' } } } as never;
    const first = outcome(parse, '#n = :a', context).answer as { expression: { args: unknown[] } };
    first.expression.args.length = 0;
    expect(outcome(parse, '#n = :a', context)).toEqual(outcome(PARSERS.condition, '#n = :a', context));
  });
});
