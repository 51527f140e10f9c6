import * as fc from 'fast-check';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };
export type Matcher = Json;

/** Few characters, so that texts often share beginnings and ends. */
export const text = fc.string({ unit: fc.constantFrom(...'abAB.*/'), maxLength: 4 });
export const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(0.5, 1e9, -1e9));
/** What a field of an event can hold, apart from objects and lists. */
export const scalar: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: number },
  { weight: 1, arbitrary: fc.constantFrom<Json>(null, true, false) },
  { weight: 1, arbitrary: fc.ipV4() },
);

const FIELDS = ['source', 'state', 'a', 'b', '$or2', 'constructor'] as const;
export const field = fc.constantFrom<string>(...FIELDS);

/** Events of objects, lists of scalars and scalars. Lists of objects have rules of their own and stay out. */
export const event: fc.Arbitrary<JsonObject> = fc.letrec<{ object: JsonObject }>((tie) => ({
  object: fc.dictionary(field, fc.oneof({ maxDepth: 2 }, scalar, fc.array(scalar, { maxLength: 3 }), tie('object')), {
    maxKeys: 4,
  }),
})).object;

const comparison = fc.constantFrom('<', '<=', '>', '>=', '=');
/** AWS takes no two wildcards side by side. */
const glob = text.map((one) => one.replace(/\*+/g, '*'));
const filled = text.filter((one) => one !== '');
const range = fc
  .tuple(fc.constantFrom('>', '>='), number, fc.constantFrom('<', '<='), number)
  .filter(([, bottom, , top]) => bottom < top);
const listOrOne = (one: fc.Arbitrary<Json>) => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));

const textMatcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.tuple(fc.constantFrom('prefix', 'suffix', 'equals-ignore-case'), text).map(([name, operand]) => ({
    [name]: operand,
  })),
  glob.map((wildcard) => ({ wildcard })),
  fc.tuple(fc.constantFrom('prefix', 'suffix'), text).map(([name, operand]) => ({
    [name]: { 'equals-ignore-case': operand },
  })),
);

/** Anything a pattern's list may hold, apart from `exists`. */
export const presentMatcher: fc.Arbitrary<Matcher> = fc.oneof(
  { weight: 3, arbitrary: scalar },
  { weight: 3, arbitrary: textMatcher },
  { weight: 1, arbitrary: fc.tuple(comparison, number).map((pair) => ({ numeric: pair })) },
  { weight: 1, arbitrary: range.map((numeric) => ({ numeric })) },
  { weight: 1, arbitrary: listOrOne(text).map((operand) => ({ 'anything-but': operand })) },
  { weight: 1, arbitrary: listOrOne(number).map((operand) => ({ 'anything-but': operand })) },
  {
    weight: 1,
    arbitrary: fc
      .oneof(
        fc.tuple(fc.constantFrom('prefix', 'suffix', 'equals-ignore-case'), listOrOne(filled)),
        fc.tuple(fc.constant('wildcard'), listOrOne(glob)),
      )
      .map(([name, operand]) => ({ 'anything-but': { [name]: operand } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 }))
      .map(([base, bits]) => ({ cidr: `${base}/${bits}` })),
  },
);

export const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  { weight: 6, arbitrary: presentMatcher },
  { weight: 1, arbitrary: fc.boolean().map((exists) => ({ exists })) },
);

/** Patterns without `$or`. */
export const pattern: fc.Arbitrary<JsonObject> = fc.letrec<{ object: JsonObject }>((tie) => ({
  object: fc.dictionary(
    field,
    fc.oneof({ maxDepth: 2 }, fc.array(matcher, { minLength: 1, maxLength: 3 }), tie('object')),
    { minKeys: 1, maxKeys: 3 },
  ),
})).object;

/** Whether `*` of the pattern can stand for texts so that it becomes the text: by table, without regular expressions. */
export function globMatches(glob: readonly (string | typeof ANY | typeof ONE)[], subject: string): boolean {
  let reachable = new Set([0]);
  for (const part of glob) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (part === ANY) for (let end = at; end <= subject.length; end += 1) next.add(end);
      else if (at < subject.length && (part === ONE || subject[at] === part)) next.add(at + 1);
    }
    reachable = next;
  }
  return reachable.has(subject.length);
}

/** Any text, and any one character. */
export const ANY = Symbol('any text');
export const ONE = Symbol('any one character');
