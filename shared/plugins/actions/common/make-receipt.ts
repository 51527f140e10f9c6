import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';

/** Receipt of an executed action. `summary` is redacted here, because names from outside stand in it. */
export function makeReceipt(summary: string, at: Date, facts: Receipt['facts']): Receipt {
  return { summary: redactOutgoing(summary), at: at.toISOString(), facts };
}
