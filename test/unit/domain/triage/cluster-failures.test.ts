import { clusterFailures, type JobFailure } from '@selfheal/pull-request-quality/domain/triage/cluster-failures.ts';
import { describe, expect, it } from 'vitest';
import { decideHandOver } from '#shared/domain/triage/hand-over.ts';
import { aCause, redactedText } from '#test/builders/index.ts';

const aFailure = (job: string, given: Partial<JobFailure> = {}): JobFailure => ({
  job: redactedText(job),
  class: 'test_failure',
  verdict: 'regression',
  confidence: 0.8,
  signature: null,
  fingerprint: null,
  cause: redactedText(`${job} broke`),
  nextStep: null,
  templates: [],
  tests: [],
  firstErrorAt: null,
  needs: [],
  ...given,
});
const groupsOf = (failures: JobFailure[]): string[][] =>
  clusterFailures(failures).map(({ members }) => members.map(({ job }) => String(job)));

describe('failures of one run', () => {
  it.each<[string, Partial<JobFailure>, Partial<JobFailure>, boolean]>([
    ['the same signature', { signature: 'npm-etarget' }, { signature: 'npm-etarget' }, true],
    [
      'another signature, whatever else is the same',
      { signature: 'a', templates: ['x'] },
      { signature: 'b', templates: ['x'] },
      false,
    ],
    ['the same fingerprint', { fingerprint: 'f' }, { fingerprint: 'f' }, true],
    ['mostly the same error lines', { templates: ['a', 'b', 'c'] }, { templates: ['a', 'b'] }, true],
    ['few of the same error lines', { templates: ['a', 'b', 'c'] }, { templates: ['a', 'x', 'y'] }, false],
    ['the same test', { tests: ['t/cart.py::test_total', 'x'] }, { tests: ['t/cart.py::test_total'] }, true],
    ['other tests', { tests: ['t/cart.py::test_total'] }, { tests: ['t/cart.py::test_tax'] }, false],
    ['no lines at all', {}, {}, false],
  ])('[B2] are of one cause by %s: %#', (_, one, other, together) => {
    expect(groupsOf([aFailure('one', one), aFailure('other', other)])).toHaveLength(together ? 1 : 2);
  });

  it('are told by the first in time of jobs that wait for each other', () => {
    const build = aFailure('build (22)', { class: 'compilation_error', firstErrorAt: '2026-11-24T10:00:00Z' });
    const pack = aFailure('package', {
      class: 'storage_issues',
      firstErrorAt: '2026-11-24T10:05:00Z',
      needs: ['build'],
    });
    expect(groupsOf([pack, build])).toEqual([['build (22)', 'package']]);
    // A job with failing tests of its own has a cause of its own, and nothing follows from what came later.
    expect(groupsOf([{ ...pack, class: 'test_failure' }, build])).toHaveLength(2);
    expect(groupsOf([{ ...pack, firstErrorAt: '2026-11-24T09:00:00Z' }, build])).toHaveLength(2);
    expect(groupsOf([{ ...pack, needs: [] }, build])).toHaveLength(2);
  });

  it('join groups that only a third one connects, largest first', () => {
    const failures = [
      aFailure('alone', { confidence: 0.99 }),
      aFailure('a', { fingerprint: 'f', tests: [] }),
      aFailure('b', { tests: ['t'] }),
      aFailure('c', { fingerprint: 'f', tests: ['t'] }),
    ];
    expect(groupsOf(failures)).toEqual([['a', 'b', 'c'], ['alone']]);
  });
});

describe('what is handed over to be fixed', () => {
  const usual = { threshold: 0.9, fromFork: false };
  it('[B5] is the surest regression above the threshold', () => {
    const sure = aCause({ confidence: 0.93 });
    expect(decideHandOver([aCause({ confidence: 0.95, verdict: 'flaky' }), sure], usual)).toEqual({
      kind: 'hand-over',
      cause: sure,
    });
    expect(decideHandOver([aCause({ confidence: 0.9 })], usual)).toMatchObject({ kind: 'keep' });
  });

  it.each([
    [[], usual, 'Nothing failed.'],
    [[aCause({ confidence: 0.8 })], usual, '80 % sure; only above 90 %'],
    [[aCause({ confidence: 0.99, verdict: 'infrastructure' })], usual, 'No cause is a regression'],
    [[aCause({ confidence: 0.99 })], { ...usual, fromFork: true }, 'of a fork'],
  ])('[B102] says why nothing is: %#', (causes, options, reason) => {
    expect(decideHandOver(causes, options)).toEqual({ kind: 'keep', reason: expect.stringContaining(reason) });
  });
});
