import { describe, expect, it } from 'vitest';
import { type TaggedLine, tokensOf, trainTagger } from '#lab/eval/token-tagger.ts';

const FILES = ['src/cart.ts', 'lib/order/main.py', 'app/models/user.rb', 'cmd/shop/main.go', 'test/cart.test.ts'];
const FRAMES = [
  (file: string) => `error in ${file}:12:5 while building`,
  (file: string) => `${file} has 3 problems`,
  (file: string) => `cannot read ${file}, giving up`,
];

const tagged = (text: string, file: string): TaggedLine => {
  const tokens = tokensOf(text);
  return { tokens, tags: tokens.map((token) => (token.text.startsWith(file) ? 'file' : 'O')) };
};

describe('a trained tagger of tokens', () => {
  it('splits a line without brackets, quotes and stops, and knows where each token stands', () => {
    const line = `(see "src/cart.ts:12"), then total(Cart).`;
    expect(tokensOf(line).map(({ text }) => text)).toEqual(['see', 'src/cart.ts:12', 'then', 'total(Cart)']);
    for (const { text, start, end } of tokensOf(line)) expect(line.slice(start, end)).toBe(text);
  });

  it('tags names that it never saw by their form and neighbours, and nothing in other lines', () => {
    const lines = FILES.flatMap((file) => FRAMES.map((frame) => tagged(frame(file), file)));
    const plain = ['the build took 12 seconds', 'error in the third attempt', 'giving up after 3 problems'];
    const others = plain.map((text) => tagged(text, 'none'));
    const tag = trainTagger([...lines, ...others]);
    const tokens = tokensOf('error in pkg/stock/shelf.ts:7:1 while building');
    expect(tag(tokens)).toEqual(['O', 'O', 'file', 'O', 'O']);
    expect(tag(tokensOf('the attempt took 3 seconds'))).not.toContain('file');
    expect(trainTagger([...lines, ...others])(tokens)).toEqual(tag(tokens));
    expect(tag([])).toEqual([]);
  });
});
