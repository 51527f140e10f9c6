import { describe, expect, it } from 'vitest';
import { makeWordingTest } from '#shared/domain/failure/wording.ts';
import { wordingOfExpression } from '#shared/domain/learning/wording-of-expression.ts';

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
    expect(wordingOfExpression(expression)).toEqual({ wording });
    // Whatever the expression matches, the wording matches.
    expect(new RegExp(expression.replace('(?i)', ''), 'i').test(line)).toBe(true);
    expect(makeWordingTest(wording)(line)).toBe(true);
  });

  it.each([
    ['connection (reset|refused) by', 'one pattern each'],
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
    expect(wordingOfExpression(expression)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it('takes no time for what would make a backtracking engine slow', () => {
    expect(wordingOfExpression(`${'(a+)+'.repeat(100)} connection reset$`)).toEqual({ wording: expect.any(String) });
  });
});
