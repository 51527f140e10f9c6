import type { Verdict } from '../incident/failure-class.ts';
import type { ActionRecord } from '../plan/bound-action.ts';
import type { Prediction, Shown } from './prediction.ts';

/** What was claimed: which class of failure it is, or whether it passes when it is run again. */
export type Claim = 'class' | 'verdict';

export interface Judgement {
  readonly claim: Claim;
  readonly right: boolean;
  /** Confidence with which it was said, 0 to 1. */
  readonly confidence: number;
  /** Of a verdict: whether it said that the failure passes when it is run again. Null of a class. */
  readonly passes: boolean | null;
  /** When the truth became known. */
  readonly at: string;
}

/** What is known of one prediction by now. `abstained`: the truth is known, and nothing had been claimed. */
export type Judged =
  | { kind: 'judged'; judgements: readonly [Judgement, ...Judgement[]] }
  | { kind: 'abstained' }
  | { kind: 'unknown' };

/** Actions whose verified result says something of the failure itself; any other helps or not without saying what it was. */
const SHOWN_BY: Readonly<Record<string, { recovered: Shown; failed: Shown }>> = {
  // The same commit, run again: what passes now was transient.
  'rerun-failed-jobs': { recovered: 'transient', failed: 'lasting' },
  'rerun-workflow-run': { recovered: 'transient', failed: 'lasting' },
  // The change was taken back and the alarm ended: it was the change. One that goes on shows nothing.
  'rollback-lambda-alias': { recovered: 'lasting', failed: 'unknown' },
  'rollback-ecs-service': { recovered: 'lasting', failed: 'unknown' },
};

/** Ids of the actions that show something. */
export const SHOWING_ACTIONS: readonly string[] = Object.keys(SHOWN_BY);

/**
 * What the last verified action showed of the failure. `inconclusive` holds the digests of actions that were not seen to
 * help and not seen to fail either: out of time, or cancelled.
 */
export function shownBy(
  actions: readonly ActionRecord[],
  inconclusive: ReadonlySet<string>,
): { shown: Shown; by: string | null } {
  const decisive = actions.findLast(({ verified }) => verified === 'recovered' || verified === 'failed');
  const shows = decisive === undefined ? undefined : SHOWN_BY[decisive.actionId];
  if (
    decisive === undefined ||
    shows === undefined ||
    decisive.verified === null ||
    decisive.verified === 'advanced' ||
    inconclusive.has(decisive.digest)
  ) {
    return { shown: 'unknown', by: null };
  }
  const shown = shows[decisive.verified];
  return { shown, by: shown === 'unknown' ? null : decisive.actionId };
}

function isTransient(verdict: Verdict): boolean {
  return verdict === 'flaky' || verdict === 'infrastructure';
}

/** Compares what was said with what is known: a person judges the class, a verified action the verdict. */
export function judge(prediction: Prediction): Judged {
  const { correction, ending, confidence } = prediction;
  const judgements: Judgement[] = [];
  if (correction !== undefined && prediction.class !== 'unknown') {
    const right = prediction.class === correction.class;
    judgements.push({ claim: 'class', right, confidence, passes: null, at: correction.at });
  }
  const shown = ending?.shown ?? 'unknown';
  if (ending !== undefined && shown !== 'unknown' && prediction.verdict !== 'unknown') {
    const passes = isTransient(prediction.verdict);
    const right = passes === (shown === 'transient');
    judgements.push({ claim: 'verdict', right, confidence, passes, at: ending.at });
  }
  const [first, ...rest] = judgements;
  if (first !== undefined) return { kind: 'judged', judgements: [first, ...rest] };
  return correction === undefined && shown === 'unknown' ? { kind: 'unknown' } : { kind: 'abstained' };
}
