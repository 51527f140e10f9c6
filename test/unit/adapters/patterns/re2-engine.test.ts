import { compilePattern, type TextPattern } from '@selfheal/log-reading/logs/text-pattern.ts';
import { describe, expect, it } from 'vitest';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';

const re2Engine = await loadRe2Engine();
const compile = (source: string, ignoreCase = false): TextPattern => {
  const pattern = compilePattern(source, ignoreCase, re2Engine);
  if (typeof pattern === 'string') throw new Error(pattern);
  return pattern;
};

describe('a pattern of a user', () => {
  it.each([
    ['(?<what>(?:pay)+)+ failed', 'the paypay failed', { what: 'paypay' }],
    ['^order (?<id>.*) lost$', 'ok\norder 17 lost\nok', { id: '17' }],
    ['(?<a>x+)+(?<b>y)?.*z', 'xx z', { a: 'xx', b: undefined }],
    ['pay (?<id>\\d{1,9})', 'pay 17', { id: '17' }],
  ])('%s finds its groups', (source, text, groups) => {
    const found = compile(source).exec(text);
    expect({ ...found?.groups }).toEqual(groups);
    expect(compile(source).test(text)).toBe(true);
    expect(compile(source).exec('nothing of it')).toBeNull();
  });

  it('may look as far as it likes where nothing is counted', () => {
    expect(
      compile('^error .* in (?<file>[^ ]+) .*$').exec(`error ${'x'.repeat(9_000)} in a.ts at 3`)?.groups?.file,
    ).toBe('a.ts');
  });

  it('may ignore case', () => {
    expect(compile('payment', true).test('PAYMENT')).toBe(true);
    expect(compile('payment').test('PAYMENT')).toBe(false);
  });

  it('answers texts on which a backtracking engine would never end', () => {
    const hostile = `${'a'.repeat(50_000)}!`;
    for (const source of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*)*x', '((a*)*)*b', 'a*a*a*a*a*a*b']) {
      expect(compile(source).test(hostile)).toBe(false);
    }
  });

  it.each([
    ['(a)\\1', 'invalid escape sequence'],
    ['(?=a)b', 'unsupported Perl syntax'],
    ['((a{0,60}){0,60})+', 'invalid repeat count'],
    ['[a', 'missing closing ]'],
    ['(a?){300}a{300}', 'more than 800: write * or + instead of long counted repeats'],
    ['.{1,900}x', 'more than 800'],
  ])('%s is refused with a reason', (source, reason) => {
    expect(compilePattern(source, false, re2Engine)).toContain(reason);
  });

  it('is refused without the engine where its form may be slow', () => {
    expect(compilePattern('(a+)+', false)).toBe('a repeated group repeats inside');
  });
});
