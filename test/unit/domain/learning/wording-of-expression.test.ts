import { makeWordingTest } from '@selfheal/diagnosis/failure/wording.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordingsOfExpression } from '#shared/domain/learning/wording-of-expression.ts';

describe('the wording of a regular expression', () => {
  it.each([
    ['connection.*timeout', 'connection*timeout', 'Connection to db ran into a timeout'],
    ['^FATAL: +slots are reserved$', 'FATAL:*slots are reserved', 'FATAL:   slots are reserved'],
    ['pool \\d+ of \\d+ is (?:really )?used', 'pool * of * is *used', 'pool 3 of 20 is used'],
    ['Out[Oo]fMemoryError\\(heap space\\)', 'Out*fMemoryError(heap space)', 'OutofMemoryError(heap space)'],
    ['(?i)(?<what>disk) is full\\.', 'disk is full.', 'the DISK is full.'],
    ['\\bno\\sspace left [^/]+/dev', 'no space left */dev', 'no space left on /dev'],
    ['too many{2,3} open files', 'too man* open files', 'too manyyy open files'],
  ])('%s is %s', (expression, wording, line) => {
    expect(wordingsOfExpression(expression)).toEqual({ wordings: [wording] });
    // Whatever the expression matches, the wording matches.
    expect(new RegExp(expression.replace('(?i)', ''), 'i').test(line)).toBe(true);
    expect(makeWordingTest(wording)(line)).toBe(true);
  });

  it.each([
    [`connection (${'reset|'.repeat(20)}refused) by`, 'more than 20 alternatives'],
    ['connection was reset|error', '"error": it says too little'],
    ['connection was reset|', 'says too little'],
    ['connection (?=reset) by', 'look-around'],
    ['(connection) to \\1 was', 'back-references'],
    ['(connection was reset', 'not balanced'],
    ['connection was reset)', 'not balanced'],
    ['connection [was reset', 'not closed'],
    ['connection was reset\\', 'ends with a backslash'],
    ['*connection was reset', 'nothing before'],
    ['.*', 'says too little'],
    ['\\d+ errors', 'says too little'],
    ['x'.repeat(801), 'longer than 800'],
  ])('%s has none: %s', (expression, problem) => {
    expect(wordingsOfExpression(expression)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it.each([
    ['redis.*not responding|redis.*connection.*failed', ['redis*not responding', 'redis*connection*failed']],
    ['connection (reset|refused) by peer', ['connection reset by peer', 'connection refused by peer']],
    ['(no space|disk (quota|limit)) left here', ['no space left here', 'disk quota left here', 'disk limit left here']],
    ['connection [|] was \\| reset', ['connection * was | reset']],
    ['OutOfMemoryError|heap.*space.*exhausted', ['OutOfMemoryError', 'heap*space*exhausted']],
    ['connection (?:was )?(reset|reset)', ['connection *reset']],
  ])('%s has a wording for each alternative', (expression, wordings) => {
    expect(wordingsOfExpression(expression)).toEqual({ wordings });
  });

  it('matches whatever an expression with alternatives matches', () => {
    const word = fc.constantFrom('connection refused', 'deadlock detected', 'disk is full', 'heap exhausted');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.nat(3), fc.boolean(), (words, at, grouped) => {
        const expression = grouped ? `ERROR: (${words.join('|')}) now` : words.join('.*x|');
        const read = wordingsOfExpression(expression);
        const line = grouped ? `ERROR: ${words[at % words.length]} now` : `${words[at % words.length]} in node 7 of x`;
        expect(new RegExp(expression).test(line)).toBe(true);
        expect('wordings' in read && read.wordings.some((wording) => makeWordingTest(wording)(line))).toBe(true);
      }),
    );
  });

  it('takes no time for what would make a backtracking engine slow', () => {
    expect(wordingsOfExpression(`${'(a+)+'.repeat(100)} connection reset$`)).toEqual({
      wordings: [expect.any(String)],
    });
  });
});
