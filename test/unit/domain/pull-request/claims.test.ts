import { unsupportedClaims } from '@selfheal/pull-request-quality/domain/pull-request/claims.ts';
import { combineResults } from '@selfheal/pull-request-quality/domain/pull-request/pull-request-facts.ts';
import { factLines } from '@selfheal/pull-request-quality/domain/pull-request/report-words.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greenResults, redResults } from '#test/builders/index.ts';

const red = combineResults(redResults());
const green = combineResults(greenResults());
const TRUE_TEXT =
  '2 of 4 jobs failed. The test `cart > rounds totals per line` in `test/cart.test.ts` fails, a regression: totals are rounded once instead of per line. Coverage is 91.2 %, and lines 12-18 of `src/cart.ts` are still uncovered.';

const numbersIn = (text: string): Set<string> => new Set(text.match(/\d+(?:\.\d+)?/g));
const known = numbersIn(factLines(red).join('\n'));
const WORDS = [
  'two',
  'seven',
  'eleven',
  'forty-two',
  'a hundred',
  'half',
  'a dozen',
  'twice',
  'both',
  'most',
  'every',
  'a third',
  'ninety percent',
];
const DATES = [
  'on 2026-11-24',
  'on 24 November',
  'since Monday',
  'yesterday',
  'last week',
  'in May',
  'on 11/24/2026',
  'in 2027',
];
/** Between two words of the true text, outside of code. */
const places = [...TRUE_TEXT.matchAll(/ (?=(?:[^`]*`[^`]*`)*[^`]*$)/g)].map(({ index }) => index);
const withPiece = (piece: string, place: number): string => {
  const at = places[place % places.length] ?? 0;
  return `${TRUE_TEXT.slice(0, at)} ${piece} ${TRUE_TEXT.slice(at + 1)}`;
};
const somewhere = fc.nat({ max: 1000 });

describe("a model's words about a pull request", () => {
  it('may say what the facts say', () => {
    expect(unsupportedClaims(TRUE_TEXT, red)).toEqual([]);
    expect(unsupportedClaims('The jobs passed, and coverage is 92.3 % now.', green)).not.toContain('passed');
  });

  it('may not have a number that is not in the facts', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.nat({ max: 100_000 }).map(String),
          fc.double({ min: 0, max: 1000, noNaN: true }).map((one) => one.toFixed(1)),
        ),
        somewhere,
        (number, place) => {
          fc.pre(!known.has(number));
          expect(unsupportedClaims(withPiece(number, place), red)).not.toEqual([]);
        },
      ),
    );
  });

  it('may not have a percentage that is not one in the facts, though the number is', () => {
    expect(unsupportedClaims('Coverage is 240 %.', red)).not.toEqual([]);
    expect(unsupportedClaims('Coverage is 12 percent.', red)).not.toEqual([]);
    fc.assert(
      fc.property(fc.nat({ max: 1000 }), fc.constantFrom(' %', '%', ' percent'), somewhere, (number, sign, place) => {
        fc.pre(![92, 91.2, 84, 87].includes(number) && !factLines(red).join(' ').includes(`${number} %`));
        expect(unsupportedClaims(withPiece(`${number}${sign}`, place), red)).not.toEqual([]);
      }),
    );
  });

  it('may not count in words, in other digits, or date', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          ...WORDS,
          ...DATES,
          '\u0663',
          '\u00bd',
          '\u2163',
          '\uff17',
          '1\u200b7',
          '1e9',
          '0x1f',
          '3rd',
          '2nd',
        ),
        somewhere,
        (piece, place) => {
          expect(unsupportedClaims(withPiece(piece, place), red)).not.toEqual([]);
        },
      ),
    );
  });

  it('may not turn a sign around', () => {
    expect(unsupportedClaims('The coverage changed by -0.8.', red)).toEqual([]);
    expect(unsupportedClaims('The coverage changed by +0.8.', red)).not.toEqual([]);
  });

  it.each([
    'Fix `src/checkout.ts`.',
    'Fix src/checkout.ts.',
    'Fix cart.ts.',
    'Fix `test/cart.test`.',
    'The test `cart > rounds` fails.',
    'The test uploadInvoice fails.',
    'The test `retries the shipment` fails.',
    'The upload of invoices fails.',
    'Update `deep-merge` to `1.2.9`.',
    'Update deep-merge to 1.2.9.',
    'See https://evil.example for more.',
    'Ask @octo-lead.',
    'Like #12.',
    '<b>Look</b>',
    '![x](y)',
    'The tests pass now.',
    'It is resolved.',
    'Run rm() again.',
  ])('may not say %j', (text) => {
    expect(unsupportedClaims(text, red)).not.toEqual([]);
  });

  it('may not speak of failures when nothing failed', () => {
    expect(unsupportedClaims('The tests failed.', green)).not.toEqual([]);
  });

  it('may not have a name that nobody reported', () => {
    const name = fc.stringMatching(/^[a-z]{3,8}([/._][a-z]{3,8}){1,2}$/);
    fc.assert(
      fc.property(name, fc.boolean(), somewhere, (made, code, place) => {
        fc.pre(!factLines(red).join('\n').includes(made));
        expect(unsupportedClaims(withPiece(code ? `\`${made}\`` : made, place), red)).not.toEqual([]);
      }),
    );
  });
});
