import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { BoundAction } from '#shared/domain/remediation/bound-action.ts';
import type { Approval } from '#shared/ports/incident-store.ts';
import { targetFacts } from './approval-words.ts';

export interface ApprovalMail {
  /** The first line, which says why this mail comes now. */
  readonly opening: string;
  readonly action: BoundAction;
  readonly approval: Pick<Approval, 'expiresAt'>;
  readonly configuration: Configuration;
  /** Where the approval page is served. */
  readonly apiUrl: string;
}

/** Digits of a digest that a comment has to repeat: more than anybody could make collide with another plan of one pull request. */
export const SHORT_DIGEST = 12;

/** What is asked, in words made by code, with every way to answer. */
export function approvalMessage({ opening, action, approval, configuration, apiUrl }: ApprovalMail): string {
  const link = `${apiUrl.replace(/\/+$/, '')}/approvals/${action.incidentId}/${action.digest}`;
  const { reasons = ['Selfheal is not sure enough to do it without asking.'] } = action.needsApproval ?? {};
  return [
    opening,
    '',
    `What: ${action.description}`,
    `Risk: ${action.risk}`,
    `Why it asks: ${reasons.join(' ')}`,
    ...targetFacts(action.target).map(({ name, value }) => `${name}: ${value}`),
    '',
    'Sign in to see it and to decide:',
    link,
    ...commentLines(action, configuration),
    '',
    `The request ends at ${approval.expiresAt}. Without an answer nothing is changed and the incident goes to a human.`,
    'Opening the link decides nothing.',
  ].join('\n');
}

function commentLines({ target, digest }: BoundAction, { approvals }: Configuration): string[] {
  if (!approvals.comments || target.kind !== 'github-run' || target.pullRequest === null) return [];
  if (approvals.levels.some(({ groups }) => groups.length > 0)) return [];
  const short = digest.slice(0, SHORT_DIGEST);
  return [
    `Or comment on pull request ${target.pullRequest}, if you may write to the repository and it is not yours:`,
    `/selfheal approve ${short}   or   /selfheal reject ${short}`,
  ];
}
