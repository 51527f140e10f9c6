import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adviceOf, isSameFile, markOf, outcomeOf, type RunEnd } from '#shared/domain/replay/past-failure.ts';

const anEnd = (change: Partial<RunEnd> = {}): RunEnd => ({
  id: 1,
  headSha: 'a',
  createdAt: '2026-11-01T10:00:00Z',
  updatedAt: '2026-11-01T10:05:00Z',
  attempt: 1,
  passed: false,
  ...change,
});

describe('what happened after a past failure', () => {
  it.each([
    ['a re-run passed', anEnd({ attempt: 2, passed: true }), [], 'passed-again'],
    [
      'a re-run passed, and the next commit, too',
      anEnd({ attempt: 3, passed: true }),
      [anEnd({ id: 2, headSha: 'b', passed: true })],
      'passed-again',
    ],
    ['the same commit passed in another run', anEnd(), [anEnd({ id: 2, passed: true })], 'passed-again'],
    [
      'another commit passed first',
      anEnd(),
      [anEnd({ id: 2, headSha: 'b', passed: true }), anEnd({ id: 3, passed: true })],
      'changed',
    ],
    [
      'a re-run failed, another commit passed',
      anEnd({ attempt: 2 }),
      [anEnd({ id: 2, headSha: 'b', passed: true })],
      'changed',
    ],
    ['a re-run failed', anEnd({ attempt: 2 }), [anEnd({ id: 2, headSha: 'b' })], 'failed-again'],
    ['nothing passed', anEnd(), [anEnd({ id: 2, headSha: 'b' })], 'open'],
  ])('is told where %s', (_case, last, later, kind) => {
    expect(outcomeOf(last, 1, later).kind).toBe(kind);
  });

  it('never bears out both a re-run and a change, and judges nothing that was not promised', () => {
    const runs = fc.array(fc.record({ headSha: fc.constantFrom('a', 'b', 'c'), passed: fc.boolean() }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.boolean(), runs, (attempt, passed, later) => {
        const outcome = outcomeOf(
          anEnd({ attempt, passed: passed && attempt > 1 }),
          1,
          later.map((run, at) => anEnd({ id: at + 2, ...run })),
        );
        const [rerun, ask, change] = (['rerun', 'ask', 'change'] as const).map((advice) => markOf(advice, outcome));
        expect(ask).toBe(rerun);
        expect([rerun, change].filter((mark) => mark === 'right').length).toBe(outcome.kind === 'open' ? 0 : 1);
        expect(markOf('nothing', outcome)).toBe('unknown');
      }),
    );
  });

  it('takes a re-run that the policy allows before what the verdict says', () => {
    expect(adviceOf('act', { verdict: 'flaky', chance: 'may-pass' })).toBe('rerun');
    expect(adviceOf('approve', { verdict: 'infrastructure', chance: 'may-pass' })).toBe('ask');
    expect(adviceOf(null, { verdict: 'regression', chance: 'lasts' })).toBe('change');
    expect(adviceOf(null, { verdict: 'infrastructure', chance: 'lasts' })).toBe('change');
    expect(adviceOf(null, { verdict: 'unknown', chance: 'unknown' })).toBe('nothing');
  });

  it.each([
    ['src/cart.ts', 'src/cart.ts', true],
    ['./src/cart.ts', 'src/cart.ts', true],
    ['shop/src/cart.ts', 'src/cart.ts', true],
    ['CartTest.java', 'src/test/java/CartTest.java', true],
    ['src\\cart.ts', 'src/cart.ts', true],
    ['art.ts', 'src/cart.ts', false],
    ['src/cart.ts', 'src/cart.tsx', false],
  ])('%s and %s are one file: %s', (named, changed, same) => {
    expect(isSameFile(named, changed)).toBe(same);
  });
});
