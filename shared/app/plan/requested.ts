import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { ActionRequest } from '#shared/domain/incident/action-request.ts';
import { type Candidate, type Choice, chooseCandidate } from '#shared/domain/plan/candidates.ts';
import type { Recovery } from '#shared/domain/policy/recovery.ts';

/** What a request calls an action: its id, and the number that was asked for. */
const requestedWords = ({ actionId, to }: Pick<ActionRequest, 'actionId' | 'to'>): string =>
  to === null ? actionId : `${actionId} to ${to}`;

const APPROVED_FIRST = phrase`An alert on a metric asked for it, so a person approves it first.`;

/**
 * Chooses what somebody asked for, if it is among the candidates: then it is the only one, whatever a model prefers. Otherwise a person decides
 * what else to do.
 */
export function requestedChoice(
  left: readonly Candidate[],
  request: ActionRequest,
  { tried }: { readonly tried: readonly string[] },
): Choice {
  const fitting = left.filter(({ actionId }) => actionId === request.actionId);
  if (fitting.length > 0) {
    const why = request.reason === null ? '' : ` Reason: ${request.reason}`;
    const asked = fitting.map((one) => ({
      ...one,
      ...(request.alert === undefined ? {} : { approvalReason: APPROVED_FIRST }),
      reason: redactOutgoing(`${one.reason} ${request.by} asked for it.${why}`),
    }));
    return chooseCandidate(asked, null);
  }
  const reason = tried.includes(request.actionId)
    ? `${requestedWords(request)}, which ${request.by} asked for, did not help. Nothing else is tried.`
    : `${request.by} asked for ${requestedWords(request)}, which does not fit the target as it is now: its state, its alarm, or what the configuration allows.`;
  return { kind: 'human', reason: redactOutgoing(reason) };
}

/** A request that fits is carried out on a target that is healthy, too: that it is is no reason against it. */
export function recoveryUnlessRequested(
  recovery: Recovery,
  request: ActionRequest | undefined,
  choice: Choice,
): Recovery {
  return request !== undefined && choice.kind === 'chosen' && recovery.kind === 'recovered'
    ? { kind: 'none' }
    : recovery;
}
