import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRecallIndex, type RecallIndex } from '#shared/domain/knowledge/search/recall-index.ts';
import { readTerms, termsOfLines, termsOfText, writeTerms } from '#shared/domain/knowledge/search/terms.ts';

const WORDS = [
  'guava',
  'lombok',
  'ECONNRESET',
  'timeout',
  'checkout',
  'BasketTest',
  'registry',
  'lodash@4.17.21',
  'heap',
];
const anyText = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
const anyDocuments = fc.uniqueArray(fc.record({ id: fc.stringMatching(/^[a-f0-9]{1,4}$/), text: anyText }), {
  selector: ({ id }) => id,
  maxLength: 25,
});

function indexOf(documents: readonly { id: string; text: string }[]): RecallIndex {
  const index = makeRecallIndex();
  for (const { id, text } of documents) index.put(id, termsOfText(text));
  return index;
}

/** The matches with what each shares. */
function answerOf(index: RecallIndex, query: string) {
  const { best, shared } = index.search(termsOfText(query));
  return best(10).map(({ id, slot, score }) => ({ id, score, shared: shared(slot) }));
}

describe('an index of failures', () => {
  it('answers the same in whatever order the documents came', () => {
    fc.assert(
      fc.property(anyDocuments, anyText, fc.integer(), (documents, query, seed) => {
        const shuffled = [...documents].sort(
          (a, b) => ((a.id.length * 31 + seed) % 7) - ((b.id.length * 31 + seed) % 7),
        );
        const [one, other] = [indexOf(documents), indexOf(shuffled.reverse())];
        expect(answerOf(other, query)).toEqual(answerOf(one, query));
      }),
    );
  });

  it('answers after additions, replacements and removals as one that is made anew', () => {
    const anyChange = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), at: fc.nat(9), text: anyText }),
      fc.record({ kind: fc.constant('remove' as const), at: fc.nat(9) }),
      fc.record({ kind: fc.constant('search' as const), text: anyText }),
    );
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 40 }), anyText, (changes, query) => {
        const grown = makeRecallIndex();
        const held = new Map<string, string>();
        for (const change of changes) {
          if (change.kind === 'search') grown.search(termsOfText(change.text)).best(5);
          else if (change.kind === 'remove') {
            grown.remove(String(change.at));
            held.delete(String(change.at));
          } else {
            grown.put(String(change.at), termsOfText(change.text));
            held.set(String(change.at), change.text);
          }
        }
        const anew = indexOf([...held].map(([id, text]) => ({ id, text })));
        expect(grown.size).toBe(held.size);
        expect(answerOf(grown, query)).toEqual(answerOf(anew, query));
      }),
    );
  });

  it('finds every document by its own text, with scores from 0 to 1, best first', () => {
    fc.assert(
      fc.property(anyDocuments, (documents) => {
        const index = indexOf(documents);
        for (const { id, text } of documents) {
          const matches = index.search(termsOfText(text)).best(30);
          const scores = matches.map(({ score }) => score);
          expect(matches.map((match) => match.id)).toContain(id);
          expect(scores).toEqual([...scores].sort((a, b) => b - a));
          expect(Math.max(...scores)).toBeLessThanOrEqual(1);
          expect(Math.min(...scores)).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('finds nothing for an empty query, in an empty index, and for words that no document has', () => {
    const index = indexOf([{ id: 'a', text: 'guava heap timeout' }]);
    expect(answerOf(index, '')).toEqual([]);
    expect(answerOf(index, 'zzqqxx yyvvww')).toEqual([]);
    expect(answerOf(makeRecallIndex(), 'guava')).toEqual([]);
  });

  it('finds words that are misspelled by a letter left out, added, replaced or swapped', () => {
    const index = indexOf([
      { id: 'certificate', text: 'certificate expired' },
      { id: 'database', text: 'database pool exhausted' },
    ]);
    for (const query of ['certifcate expird', 'certifficate expireds', 'cartificate axpired', 'certfiicate exipred']) {
      const [best, ...others] = answerOf(index, query);
      expect(best).toMatchObject({ id: 'certificate', shared: [] });
      expect(others).toEqual([]);
    }
    expect(answerOf(index, 'certifate')).toEqual([]);
  });

  it('ranks a package in its exact version above other versions, and does not find what shares only the words that all have', () => {
    const index = indexOf([
      { id: 'a', text: 'could not resolve lodash@4.17.21 of checkout' },
      { id: 'b', text: 'could not resolve lodash@3.10.1 of checkout' },
      { id: 'c', text: 'could not resolve minimist@1.2.0 of checkout' },
    ]);
    const ranked = answerOf(index, 'resolve failed for lodash@3.10.1 of checkout').map(({ id }) => id);
    expect(ranked).toEqual(['b', 'a']);
  });

  it('reads stored terms without a map of them to the same effect, and skips lines that are none', () => {
    fc.assert(
      fc.property(anyDocuments, anyText, (documents, query) => {
        const written = makeRecallIndex();
        for (const { id, text } of documents) {
          written.put(id, `no weight\n${writeTerms(termsOfText(text))}\nw:guava 1e400\n\n w:heap`);
        }
        expect(answerOf(written, query)).toEqual(answerOf(indexOf(documents), query));
      }),
    );
  });

  it('knows stored terms with letters of any alphabet as those of a query', () => {
    const [plain, other] = ['guava heap', "Cannot find module './größe/данные'"];
    const index = makeRecallIndex();
    index.put('plain', writeTerms(termsOfText(plain)));
    index.put('other', writeTerms(termsOfText(other)));
    const [found, ...rest] = answerOf(index, other);
    expect(found).toMatchObject({ id: 'other', shared: expect.arrayContaining(['b:größe.данные']) });
    expect(rest).toEqual([]);
  });

  it('answers among thousands after removals as one that is made anew, and the same first ten however many are asked for', () => {
    const random = numbersFrom(5);
    const word = () => `name${Math.floor(2000 ** random())}`;
    const texts = Array.from({ length: 3000 }, () => Array.from({ length: 8 }, word).join(' '));
    const grown = indexOf(texts.map((text, at) => ({ id: String(at), text })));
    for (let at = 0; at < 3000; at += 3) grown.remove(String(at));
    for (let at = 0; at < 3000; at += 6) grown.put(String(at), termsOfText(texts[at] ?? ''));
    const left = texts.flatMap((text, at) => (at % 3 === 0 && at % 6 !== 0 ? [] : [{ id: String(at), text }]));
    const anew = indexOf(left);
    expect(grown.size).toBe(left.length);
    for (const { id, text } of left.slice(0, 40)) {
      const answers = answerOf(grown, text);
      expect(answers).toEqual(answerOf(anew, text));
      const all = grown.search(termsOfText(text)).best(5000);
      expect(all.slice(0, 10).map((match) => match.id)).toEqual(answers.map((answer) => answer.id));
      expect(answers[0]).toMatchObject({ id });
    }
  });

  it('takes any text as it is: terms are bounded, can be written and read back, and nothing throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const terms = termsOfText(text);
        expect(terms.size).toBeLessThanOrEqual(224);
        expect(readTerms(writeTerms(terms))).toEqual(terms);
        indexOf([{ id: 'a', text }])
          .search(terms)
          .best(3);
      }),
    );
  });

  it.each([
    ['letters without an end', 'a'.repeat(100_000)],
    ['dots', 'a.'.repeat(50_000)],
    ['coordinates', 'a.b:c:1.2:'.repeat(10_000)],
    ['paths', '/a-1.2.jar@'.repeat(9_000)],
    ['wordings that blame', 'symbol:        class '.repeat(5_000)],
    ['many different words', Array.from({ length: 12_000 }, (_, n) => `word${n.toString(36)}x`).join(' ')],
    ['many lines', Array.from({ length: 12_000 }, (_, n) => `error ${n.toString(36)} x`).join('\n')],
  ])('bounds a query of 100 KB: %s', (_what, text) => {
    const terms = termsOfText(text);
    expect(terms.size).toBeLessThanOrEqual(224);
    expect([...terms.keys()].every((term) => term.length <= 100)).toBe(true);
    expect(
      indexOf([{ id: 'a', text: 'guava heap' }])
        .search(terms)
        .best(5).length,
    ).toBeLessThanOrEqual(1);
  });

  it('does not count a message again that is printed again with other numbers', () => {
    const once = [{ text: 'connection to shard 17 lost', weight: 1 }];
    const often = Array.from({ length: 200 }, (_, n) => ({ text: `connection to shard ${n} lost`, weight: 1 }));
    expect(termsOfLines(often)).toEqual(termsOfLines(once));
  });
});
