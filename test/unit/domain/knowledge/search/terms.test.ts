import { describe, expect, it } from 'vitest';
import { makeRecallIndex } from '#shared/domain/knowledge/search/recall-index.ts';
import {
  readTerms,
  termsOfLines,
  termsOfQuestion,
  termsOfText,
  writeTerms,
} from '#shared/domain/knowledge/search/terms.ts';

const firstsOf = (terms: ReadonlyMap<string, number>): string[] =>
  [...terms.keys()].filter((term) => term.startsWith('f:')).sort();

describe('the package that a failure names first', () => {
  it('is that of the first line that surely speaks of the failure, in its version and in any', () => {
    const terms = termsOfLines([
      { text: 'Compiling left-pad v1.2.3', weight: 0.5 },
      { text: 'error: it does not compile', weight: 1 },
      { text: 'bad class file: /root/right-pad-2.0.0.jar of core-pad@2.0.0', weight: 1 },
      { text: 'bad class file: /root/core-pad-2.0.0.jar', weight: 1 },
    ]);
    expect(firstsOf(terms)).toEqual(['f:right-pad', 'f:right-pad@2.0.0']);
  });

  it('is none where no such line names one with a version, and never a plug-in of the build', () => {
    const lines = ['node_modules/left-pad/index.js', 'goal org.example:maven-compiler-plugin:3.10.1:compile'];
    expect(firstsOf(termsOfText(lines.join('\n')))).toEqual([]);
    expect(firstsOf(termsOfText('peer left-pad@1.2.3', 0.5))).toEqual([]);
  });

  it('decides between failures that name the same packages in another order', () => {
    const [left, right] = ['cannot load left-pad@2.0.0', 'cannot load right-pad@2.0.0'];
    const index = makeRecallIndex();
    index.put('a-right-first', termsOfText(`${right}\n${left}`));
    index.put('b-left-first', termsOfText(`${left}\n${right}`));
    index.put('right-only', termsOfText(right));
    const found = index.search(termsOfText(`${left}\n${right}\nand more`)).best(3);
    expect(found.map(({ id }) => id)).toEqual(['b-left-first', 'a-right-first', 'right-only']);
  });

  it('is kept and read back with the other terms', () => {
    const terms = termsOfText('peer @acme/pad@1.2.3 of shop');
    expect(firstsOf(readTerms(writeTerms(terms)))).toEqual(['f:@acme/pad', 'f:@acme/pad@1.2.3']);
  });
});

describe('the terms of a question', () => {
  it('find the failure that most lines are from, though a stray line names a package first', () => {
    const index = makeRecallIndex();
    const wanted = [
      'ConnectError: basket service refused the socket',
      'retry budget of basket is spent',
      'rollback of basket',
    ];
    index.put('wanted', termsOfText(wanted.join('\n')));
    for (let at = 0; at < 12; at++)
      index.put(
        `stray-${at}`,
        termsOfText(`npm ERR! cannot install left-pad@1.2.${at}\nbuild ${at} of the shop stopped`),
      );
    const question = `npm ERR! cannot install left-pad@1.2.3\n${wanted[1]}\n${wanted[2]}`;
    expect(index.search(termsOfText(question)).best(1)[0]?.id).toBe('stray-3');
    expect(index.search(termsOfQuestion(question)).best(1)[0]?.id).toBe('wanted');
  });
});
