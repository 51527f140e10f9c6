import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import type { CauseSummary } from '@selfheal/pull-request-quality/domain/triage/cluster-failures.ts';

/** Confidence above which a cause is handed over to be fixed; `AI_CONFIDENCE_THRESHOLD`. */
export const HAND_OVER_CONFIDENCE = 0.9;

/** Whether a fix is to be proposed for what failed. `reason`: a sentence. */
export type HandOver =
  | { readonly kind: 'hand-over'; readonly cause: CauseSummary }
  | { readonly kind: 'keep'; readonly reason: string };

/**
 * Decides from the surest regression alone: failures by chance and failures of the infrastructure are run again, not fixed. Code of a fork is not
 * fixed either. Policy, approval and the test of the change follow in the deployment.
 */
export function decideHandOver(
  causes: readonly CauseSummary[],
  { threshold, fromFork }: { readonly threshold: number; readonly fromFork: boolean },
): HandOver {
  if (causes.length === 0) return { kind: 'keep', reason: 'Nothing failed.' };
  if (fromFork) return { kind: 'keep', reason: 'The run is of a fork, and Selfheal proposes no changes there.' };
  const [surest] = causes
    .filter(({ verdict }) => verdict === 'regression')
    .toSorted((a, b) => b.confidence - a.confidence);
  if (surest === undefined)
    return { kind: 'keep', reason: 'No cause is a regression of the code: a re-run may help, a change would not.' };
  if (surest.confidence > threshold) return { kind: 'hand-over', cause: surest };
  const [is, limit] = [surest.confidence, threshold].map(percentOf);
  return {
    kind: 'keep',
    reason: `The surest regression is ${is} % sure; only above ${limit} % (AI_CONFIDENCE_THRESHOLD) is a fix proposed.`,
  };
}
