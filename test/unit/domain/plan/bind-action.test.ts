import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindAction, isIntact } from '#shared/domain/plan/bind-action.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { aGithubTarget, redactedText } from '#test/builders/index.ts';
import { aCandidate } from './a-candidate.ts';

const binding = { incidentId: `gh-${'0'.repeat(24)}`, target: aGithubTarget(), at: new Date('2026-11-21T12:00:00Z') };

describe('binding an action', () => {
  it('seals every field of the candidate with a digest', () => {
    const action = bindAction(aCandidate(), binding);
    expect(action).toMatchObject({ actionId: 'rerun-failed-jobs', targetKey: 'github:acme/shop/run/1001' });
    expect(isIntact(action)).toBe(true);
  });

  it('gives the same digest whatever the order of the parameters', () => {
    const forth = bindAction(aCandidate({ parameters: { a: 1, b: { c: 2, d: 3 } } }), binding);
    const back = bindAction(aCandidate({ parameters: { b: { d: 3, c: 2 }, a: 1 } }), binding);
    expect(back.digest).toBe(forth.digest);
  });

  it('notices a change of any single field', () => {
    const action = bindAction(aCandidate(), binding);
    const changes: Partial<BoundAction>[] = [
      { incidentId: `gh-${'1'.repeat(24)}` },
      { actionId: 'rollback-lambda-alias' },
      { family: 'lambda' },
      { risk: 'high' },
      { selfApproval: false },
      { parameters: { ...action.parameters, runId: 1002 } },
      { targetKey: 'github:acme/shop/run/1002' },
      { description: redactedText('Something else.') },
      { target: aGithubTarget({ runId: 1002 }) },
      { createdAt: '2026-11-21T12:00:01.000Z' },
      { digest: '0'.repeat(64) },
    ];
    expect(Object.keys(action).length - 1).toBe(changes.length);
    for (const change of changes) expect(isIntact({ ...action, ...change } as BoundAction)).toBe(false);
  });

  it('keeps apart any two parameter sets', () => {
    const parameters = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
    fc.assert(
      fc.property(parameters, parameters, (one, other) => {
        const same = JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
        const digests = [one, other].map((set) => bindAction(aCandidate({ parameters: set }), binding).digest);
        expect(digests[0] === digests[1]).toBe(same);
      }),
    );
  });
});
