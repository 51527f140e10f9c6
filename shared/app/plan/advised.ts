import type { KnownHere } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Candidate } from '#shared/domain/plan/candidates.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { candidatesFor, type PlanFacts } from './context.ts';

/**
 * The actions that persons wrote down for this kind of failure and that fit the target by everything else: what owners list, modes, switches
 * and the target's state. A pattern names an action, never its parameters: those come from code. Each always needs an approval, and none comes
 * before what code proposes by itself, which stays as it is.
 */
export function advisedCandidates(
  known: readonly KnownHere[],
  listed: readonly Candidate[],
  facts: PlanFacts,
  actions: readonly ActionPlugin[],
): readonly Candidate[] {
  const labels = new Set(listed.map(({ label }) => label));
  return known.flatMap(({ advises, by, at, confidence, patternId }) => {
    const named = actions.filter(({ id }) => id === advises);
    return candidatesFor({ ...facts, advised: named.map(({ id }) => id) }, named)
      .filter(({ label }) => !labels.has(label) && labels.add(label))
      .map((candidate) => ({
        ...candidate,
        confidence,
        advised: true as const,
        approvalReason: redactOutgoing(
          `${by} wrote down on ${at.slice(0, 10)} that it helps with such failures (pattern ${patternId}): it is never done without an approval.`,
        ),
      }));
  });
}
