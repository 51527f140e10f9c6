import { describe, expect, it } from 'vitest';
import { judge, shownBy as shownByProof } from '#shared/domain/answers/judgement.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import { aCorrection, anActionRecord, anEnding, aPrediction } from '#test/builders/index.ts';

const shownBy = (actions: readonly ActionRecord[]) => shownByProof(actions, (id) => actionOf(id)?.provesCause);

describe('what an action shows of a failure', () => {
  it.each([
    ['rerun-failed-jobs', 'recovered', 'transient'],
    ['rerun-failed-jobs', 'failed', 'lasting'],
    ['rollback-lambda-alias', 'recovered', 'lasting'],
    ['rollback-lambda-alias', 'failed', 'unknown'],
    ['rollback-ecs-service', 'recovered', 'lasting'],
    ['restart-something', 'recovered', 'unknown'],
  ] as const)('%s that %s: %s', (actionId, verified, shown) => {
    expect(shownBy([anActionRecord({ actionId, verified })]).shown).toBe(shown);
  });

  it('is nothing while no action was verified, and when its verification ran out of time', () => {
    expect(shownBy([])).toEqual({ shown: 'unknown', by: null });
    expect(shownBy([anActionRecord({ verified: null })]).shown).toBe('unknown');
    const late = anActionRecord({ verified: 'failed', inconclusive: true });
    expect(shownBy([late])).toEqual({ shown: 'unknown', by: null });
  });

  it('is what the last verified one showed', () => {
    const first = anActionRecord({ digest: 'a'.repeat(64), verified: 'failed' });
    const last = anActionRecord({ digest: 'b'.repeat(64), verified: 'recovered' });
    expect(shownBy([first, last, anActionRecord()])).toEqual({ shown: 'transient', by: 'rerun-failed-jobs' });
  });
});

describe('judging a prediction', () => {
  it.each([
    ['infrastructure', 'transient', true],
    ['flaky', 'transient', true],
    ['regression', 'transient', false],
    ['infrastructure', 'lasting', false],
    ['regression', 'lasting', true],
  ] as const)('[C68] the verdict %s of a failure that was %s is right: %s', (verdict, shown, right) => {
    const judged = judge(aPrediction({ verdict, ending: anEnding({ shown }) }));
    expect(judged).toMatchObject({ kind: 'judged', judgements: [{ claim: 'verdict', right, confidence: 0.9 }] });
  });

  it('[C68] a person judges the class, and comes before what an action showed', () => {
    const correction = aCorrection();
    const wrong = judge(aPrediction({ correction, ending: anEnding() }));
    expect(wrong).toMatchObject({
      judgements: [
        { claim: 'class', right: false, at: correction.at },
        { claim: 'verdict', right: true },
      ],
    });
    expect(judge(aPrediction({ class: 'storage_issues', correction }))).toMatchObject({
      judgements: [{ claim: 'class', right: true }],
    });
  });

  it('[C68] what is not known is neither right nor wrong', () => {
    expect(judge(aPrediction())).toEqual({ kind: 'unknown' });
    for (const status of ['resolved', 'suggested', 'escalated', 'linked'] as const) {
      const ending = anEnding({ status, shown: 'unknown', by: null });
      expect(judge(aPrediction({ ending }))).toEqual({ kind: 'unknown' });
    }
  });

  it('who claimed nothing abstained, and was neither right nor wrong', () => {
    expect(judge(aPrediction({ verdict: 'unknown', ending: anEnding() }))).toEqual({ kind: 'abstained' });
    expect(judge(aPrediction({ class: 'unknown', correction: aCorrection() }))).toEqual({ kind: 'abstained' });
  });
});
