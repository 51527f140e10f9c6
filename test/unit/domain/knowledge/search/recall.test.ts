import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { describe, expect, it } from 'vitest';
import { makeRecall, type Recall, type RecallQuery, type Remembered } from '#shared/domain/knowledge/search/recall.ts';
import { termsOfText } from '#shared/domain/knowledge/search/terms.ts';

const NOW = new Date('2026-11-21T12:00:00.000Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 60 * 60 * 1000).toISOString();

interface Past extends Remembered {
  readonly helped?: boolean;
}

function past(id: string, text: string, change: Partial<Past> = {}): Past {
  return { id, class: 'dependency_conflicts', fingerprints: [], terms: termsOfText(text), at: daysAgo(1), ...change };
}

function recallOf(...items: readonly Past[]): Recall<Past> {
  const recall = makeRecall<Past>();
  for (const item of items) recall.put(item);
  return recall;
}

const asked = (text: string, change: Partial<RecallQuery> = {}): RecallQuery => ({
  class: 'dependency_conflicts' as FailureClass,
  fingerprint: null,
  terms: termsOfText(text),
  now: NOW,
  ...change,
});

describe('recall', () => {
  it('puts the same failure before all that is only similar, and says which is which', () => {
    const recall = recallOf(
      past('same', 'worded in another way this time', { fingerprints: ['f1'] }),
      past('similar', 'npm could not resolve lodash@4.17.21'),
    );
    const found = recall.find(asked('npm could not resolve lodash@4.17.21', { fingerprint: 'f1' }), { limit: 5 });
    expect(found.map(({ item, sameFailure }) => [item.id, sameFailure])).toEqual([
      ['same', true],
      ['similar', false],
    ]);
    expect(found[0]?.reasons[0]).toEqual({ code: 'fingerprint', text: 'the same failure by its fingerprint' });
  });

  it('[D26] gives the reasons of a likeness, the weightiest first', () => {
    const recall = recallOf(past('a', 'TypeError: peer lodash@4.17.21 of checkout does not fit\nsymbol: class Basket'));
    const [found] = recall.find(asked('TypeError in checkout: lodash@4.17.21 again\nsymbol: class Basket'), {
      limit: 5,
    });
    expect(found?.reasons.map(({ text }) => text)).toEqual([
      'the same error message',
      'both name lodash 4.17.21',
      'both blame basket',
      'both have the error typeerror',
      'the same kind of failure, dependency conflicts',
      'both contain checkout, class',
    ]);
  });

  it('names a package without its version where only another one of it was met', () => {
    const recall = recallOf(past('a', 'cannot find lodash@4.17.21'), past('b', 'cannot find minimist@1.2.0'));
    const [found] = recall.find(asked('cannot find lodash@3.10.1'), { limit: 1 });
    expect(found?.reasons.map(({ text }) => text)).toContain('both name lodash');
  });

  it('leaves out what is too old and what the filter refuses, and fills up with others', () => {
    const recall = recallOf(
      past('old', 'lodash guava', { at: daysAgo(400) }),
      past('failed', 'lodash guava', { helped: false }),
      past('helped', 'lodash guava', { helped: true }),
    );
    const found = recall.find(asked('lodash guava'), {
      limit: 1,
      maxAgeDays: 365,
      keep: ({ helped }) => helped === true,
    });
    expect(found.map(({ item }) => item.id)).toEqual(['helped']);
  });

  it('prefers what happened lately when it is alike, and never makes a memory weightless', () => {
    const recall = recallOf(
      past('a', 'lodash guava', { at: daysAgo(360) }),
      past('b', 'lodash guava', { at: daysAgo(2) }),
    );
    const found = recall.find(asked('lodash guava'), { limit: 5 });
    expect(found.map(({ item }) => item.id)).toEqual(['b', 'a']);
    expect((found[1]?.score ?? 0) / (found[0]?.score ?? 1)).toBeGreaterThan(0.7);
  });

  it('prefers the same class among likes', () => {
    const recall = recallOf(past('a', 'lodash guava', { class: 'flaky_tests' }), past('b', 'lodash guava'));
    expect(recall.find(asked('lodash guava'), { limit: 5 }).map(({ item }) => item.id)).toEqual(['b', 'a']);
  });

  it('knows the newest words and fingerprints of what is put again', () => {
    const recall = recallOf(past('a', 'lodash', { fingerprints: ['f1'] }));
    recall.put(past('a', 'guava', { fingerprints: ['f2'] }));
    expect(recall.size).toBe(1);
    expect(recall.find(asked('lodash', { fingerprint: 'f1' }), { limit: 5 })).toEqual([]);
    expect(recall.find(asked('', { fingerprint: 'f2' }), { limit: 5 })).toHaveLength(1);
  });
});
