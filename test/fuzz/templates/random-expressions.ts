import * as fc from 'fast-check';
import type { SubPiece, TextExpression, ValueExpression } from './expressions.ts';

/** The names that may be used in an expression. */
export interface Names {
  readonly refs: readonly string[];
  readonly attributes: readonly (readonly [resource: string, attribute: string])[];
  readonly conditions: readonly string[];
  readonly maps: readonly (readonly [map: string, first: string, second: string])[];
  readonly exports: readonly string[];
}

const literalText = fc.string({ unit: fc.constantFrom(...'abXY-_:/.0129 '), maxLength: 8 });
/** Without what would be read as a placeholder. */
const subText = fc
  .string({ unit: fc.constantFrom(...'ab$:/{ -'), maxLength: 6 })
  .filter((text) => !/\$\{|\$$/.test(text));
const literal = literalText.map((text) => ({ kind: 'literal', text }) as const);

/** Building an arbitrary takes longer than drawing from it, and few sets of names come up. */
function remembered<T>(make: (names: Names) => fc.Arbitrary<T>): (names: Names) => fc.Arbitrary<T> {
  const made = new Map<string, fc.Arbitrary<T>>();
  return (names) => {
    const key = JSON.stringify(names);
    const known = made.get(key) ?? make(names);
    made.set(key, known);
    return known;
  };
}

/** Random texts over the given names. Names that do not exist are never used; a kind without names is left out. */
export const textExpression = remembered(makeTextExpression);
/** Random property values over the given names. */
export const valueExpression = remembered(makeValueExpression);

function makeTextExpression(names: Names): fc.Arbitrary<TextExpression> {
  const { refs, attributes, conditions, maps, exports } = names;
  return fc.letrec<{ text: TextExpression }>((tie) => {
    const text = tie('text');
    const some = <T, U>(from: readonly T[], make: (one: T) => fc.Arbitrary<U>) =>
      from.length === 0 ? [] : [fc.constantFrom(...from).chain(make)];
    const piece: fc.Arbitrary<SubPiece> = fc.oneof(
      subText.map((plain) => ({ kind: 'text', text: plain }) as const),
      fc.constantFrom('Own', 'a.b').map((plain) => ({ kind: 'escaped', text: plain }) as const),
      text.map((value) => ({ kind: 'variable', value }) as const),
      ...some(refs, (name) => fc.constant({ kind: 'name', name } as const)),
      ...some(attributes, ([resource, attribute]) => fc.constant({ kind: 'attribute', resource, attribute } as const)),
    );
    const leaves: fc.Arbitrary<TextExpression>[] = [
      literal,
      ...some(refs, (name) => fc.constant({ kind: 'ref', name } as const)),
      ...some(attributes, ([resource, attribute]) =>
        fc.boolean().map((short) => ({ kind: 'attribute', resource, attribute, short }) as const),
      ),
      ...some(maps, ([map, first, second]) =>
        fc.constant({ kind: 'map', map, first, second: { kind: 'literal', text: second } } as const),
      ),
      ...some(exports, (exported) => fc.constant({ kind: 'import', exported } as const)),
      fc
        .record({
          separator: literalText,
          parts: fc.array(fc.stringMatching(/^[a-z]{0,4}$/), { minLength: 1, maxLength: 4 }),
        })
        .map((fields) => ({ kind: 'join-split', by: ',', ...fields }) as const),
    ];
    const branches: fc.Arbitrary<TextExpression>[] = [
      fc.record({
        kind: fc.constant('join' as const),
        separator: literalText,
        parts: fc.array(text, { maxLength: 4 }),
      }),
      fc.record({ kind: fc.constant('sub' as const), pieces: fc.array(piece, { maxLength: 4 }) }),
      fc
        .tuple(fc.array(text, { minLength: 1, maxLength: 4 }), fc.nat(), fc.boolean())
        .map(([items, at, asText]) => ({ kind: 'select', items, index: at % items.length, asText }) as const),
      text.map((inner) => ({ kind: 'base64', text: inner }) as const),
      ...some(conditions, (condition) =>
        fc.record({ kind: fc.constant('if' as const), condition: fc.constant(condition), yes: text, no: text }),
      ),
    ];
    return { text: fc.oneof({ maxDepth: 3 }, ...leaves, ...branches) };
  }).text;
}

function makeValueExpression(names: Names): fc.Arbitrary<ValueExpression> {
  return fc.letrec<{ value: ValueExpression }>((tie) => {
    const value = tie('value');
    const keys = fc.constantFrom('Key', 'Other', 'Tags', 'Environment', 'constructor');
    const choice = names.conditions.map((condition) =>
      fc.record({ kind: fc.constant('choice' as const), condition: fc.constant(condition), yes: value, no: value }),
    );
    return {
      value: fc.oneof(
        { maxDepth: 3 },
        textExpression(names).map((text) => ({ kind: 'text', text }) as const),
        fc.oneof(fc.integer(), fc.boolean()).map((plain) => ({ kind: 'plain', value: plain }) as const),
        fc.constant({ kind: 'nothing' } as const),
        fc.array(value, { maxLength: 3 }).map((items) => ({ kind: 'list', items }) as const),
        fc
          .uniqueArray(fc.tuple(keys, value), { maxLength: 3, selector: ([key]) => key })
          .map((fields) => ({ kind: 'object', fields }) as const),
        ...choice,
      ),
    };
  }).value;
}
