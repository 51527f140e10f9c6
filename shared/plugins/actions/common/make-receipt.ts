import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import type { IssueNote } from '#shared/ports/proposals.ts';
import type { Repeat } from '../contract.ts';

/** Receipt of an executed action. Redacts `summary`, because it contains names from outside. */
export function makeReceipt(summary: string, at: Date, facts: Receipt['facts']): Receipt {
  return { summary: redactOutgoing(summary), at: at.toISOString(), facts };
}

/** GitHub accepts any number of issues, and lists a new one only a little later. */
export const ISSUE_REPEAT: Repeat = { kind: 'harmful', showsWithinSeconds: 60 };

export function issueReceipt(summary: string, { number, url }: IssueNote, at: Date): Receipt {
  return makeReceipt(summary, at, { issue: number, url });
}
