import { makeWordingTest, problemOfWording, wordingOf } from '@selfheal/diagnosis/failure/wording.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('the wording of a line', () => {
  it('has a star for whatever varies', () => {
    expect(wordingOf('connect to 10.0.0.7:5432 failed after 30 ms at 2026-11-21T10:00:00Z')).toBe(
      'connect to * failed after * at *',
    );
  });

  it('matches the line that it is of, whatever that is', () => {
    const word = fc.constantFrom('pool', 'refused', '17', '/tmp/a/b', '10.0.0.1:80', '"a b"', '*', 'ü', '  ', '<n>');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        const line = `the job ${words.join(' ')}`;
        expect(makeWordingTest(wordingOf(line))(line)).toBe(true);
      }),
    );
  });

  it('matches in either case, with other values and other words around it', () => {
    const says = makeWordingTest('Pool of * exhausted after * tries');
    expect(says('12:00 ERROR pool of 40 exhausted after 3 tries, giving up')).toBe(true);
    expect(says('pool exhausted after 3 tries')).toBe(false);
    expect(says('exhausted after 3 tries: pool of 40')).toBe(false);
  });

  it('does not go back, so that no wording and no line make it slow', () => {
    const says = makeWordingTest(`${'a*'.repeat(140)}never there`);
    expect(says('a'.repeat(1_000_000))).toBe(false);
  });

  it('is refused when it would match nearly anything', () => {
    expect(problemOfWording('* failed')).toContain('too little');
    expect(problemOfWording('error *')).toContain('too little');
    expect(problemOfWording('connection refused by *')).toBeNull();
  });
});
