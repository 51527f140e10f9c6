import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { present } from '@selfheal/kernel/present.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { formerTargetOf, type TargetContext } from '../incident/target-context.ts';
import { BoundAction } from './bound-action.ts';
import type { Candidate } from './candidates.ts';

/**
 * Seals a candidate for one incident; the only function that creates a `BoundAction`. Throws when a part does not match
 * its schema.
 */
export function bindAction(
  candidate: Candidate,
  binding: {
    readonly incidentId: string;
    readonly target: TargetContext;
    readonly at: Date;
    readonly needsApproval?: BoundAction['needsApproval'] | undefined;
    readonly requestedBy?: BoundAction['requestedBy'] | undefined;
  },
): BoundAction {
  const content = {
    version: 1 as const,
    incidentId: binding.incidentId,
    actionId: candidate.actionId,
    family: candidate.family,
    risk: candidate.risk,
    selfApproval: candidate.selfApproval,
    parameters: candidate.parameters,
    targetKey: candidate.targetKey,
    description: redactOutgoing(candidate.description),
    target: binding.target,
    createdAt: binding.at.toISOString(),
    ...present({ needsApproval: binding.needsApproval, requestedBy: binding.requestedBy }),
  };
  return BoundAction.parse({ ...content, digest: digestOf(canonicalJson(content)) });
}

/** True while the digest matches the content: nothing was changed since it was sealed, by this format or the one before. */
export function isIntact(action: BoundAction): boolean {
  const { digest, ...content } = action;
  const former = () => ({ ...content, target: formerTargetOf(content.target) });
  return digestOf(canonicalJson(content)) === digest || digestOf(canonicalJson(former())) === digest;
}
