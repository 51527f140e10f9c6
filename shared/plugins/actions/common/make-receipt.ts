import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';

/** Receipt of an executed action. Redacts `summary`, because it contains names from outside. */
export function makeReceipt(summary: string, at: Date, facts: Receipt['facts']): Receipt {
  return { summary: redactOutgoing(summary), at: at.toISOString(), facts };
}
