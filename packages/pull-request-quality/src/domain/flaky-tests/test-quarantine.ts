import * as z from 'zod';
import { dayOf, lastDay, QuarantinedTest, type QuarantineStatus } from './quarantined-test.ts';

/** What a person decided about a quarantine after it began. */
const QuarantineDecision = z.strictObject({
  kind: z.enum(['released', 'extended']),
  at: z.iso.datetime(),
  by: z.string().min(1).max(200),
  reason: z.string().min(1).max(300),
  /** The last day (UTC) from then on. */
  until: z.iso.date(),
});
type QuarantineDecision = z.infer<typeof QuarantineDecision>;

const MAX_DECISIONS = 20;

/** A test's newest quarantine: what was known when its issue was opened, and what people decided since. One per test. */
export const TestQuarantine = z.strictObject({
  version: z.literal(1),
  /** Increases with each change; people say which one they saw. */
  revision: z.number().int().positive(),
  since: z.iso.datetime(),
  test: QuarantinedTest,
  issue: z.number().int().positive(),
  /** The issue on GitHub. */
  url: z.string().max(2000),
  /** Oldest first. */
  decisions: z.array(QuarantineDecision).max(MAX_DECISIONS),
});
export type TestQuarantine = z.infer<typeof TestQuarantine>;

/** Whether a quarantine still holds, was ended by a person, or is over. */
export type QuarantineState = 'quarantined' | 'released' | 'expired';

/** The last day (UTC) of a quarantine as it holds now. */
export const quarantineEnd = ({ test, decisions }: TestQuarantine): string => decisions.at(-1)?.until ?? test.until;

export function quarantineState(quarantine: TestQuarantine, now: Date): QuarantineState {
  if (quarantine.decisions.at(-1)?.kind === 'released') return 'released';
  return dayOf(now) > quarantineEnd(quarantine) ? 'expired' : 'quarantined';
}

/**
 * The status of the test's newest issue as people decided since: released counts as settled, extended holds until the new day. A decision about an
 * older issue says nothing about a new one, and an issue that somebody closed stays settled.
 */
export function withDecisions(
  status: QuarantineStatus,
  quarantine: TestQuarantine | undefined,
  now: Date,
): QuarantineStatus {
  if (status.kind === 'none' || status.kind === 'settled') return status;
  if (quarantine === undefined || quarantine.issue !== status.issue || quarantine.decisions.length === 0) return status;
  const { issue } = status;
  const until = quarantineEnd(quarantine);
  switch (quarantineState(quarantine, now)) {
    case 'released':
      return { kind: 'settled', issue, until };
    case 'quarantined':
      return { kind: 'quarantined', issue, until };
    case 'expired':
      return { kind: 'expired', issue, until, announced: status.kind === 'expired' && status.announced };
  }
}

/** Longest time from today until the last day that a person may set. */
export const MAX_EXTENSION_DAYS = 90;

/** A decision as a person asks for it; `until` only of an extension. */
export type AskedDecision =
  | { readonly kind: 'released'; readonly reason: string }
  | { readonly kind: 'extended'; readonly reason: string; readonly until: string };

/** The quarantine with the decision of a person; why not, where it cannot be. */
export function decided(
  quarantine: TestQuarantine,
  asked: AskedDecision,
  { by, now }: { readonly by: string; readonly now: Date },
): TestQuarantine | { readonly refused: string } {
  const today = dayOf(now);
  if (quarantineState(quarantine, now) === 'released') return { refused: 'it was released before' };
  if (asked.kind === 'released' && quarantineState(quarantine, now) === 'expired')
    return { refused: `it ended on ${quarantineEnd(quarantine)}` };
  if (asked.kind === 'extended') {
    if (asked.until <= quarantineEnd(quarantine) || asked.until < today)
      return { refused: `${asked.until} does not extend it: it ends on ${quarantineEnd(quarantine)}` };
    if (asked.until > lastDay(now, MAX_EXTENSION_DAYS))
      return { refused: `${asked.until} is more than ${MAX_EXTENSION_DAYS} days from today` };
  }
  if (quarantine.decisions.length === MAX_DECISIONS)
    return {
      refused: `there were ${MAX_DECISIONS} decisions about it: fix the test, or close issue #${quarantine.issue}`,
    };
  const until = asked.kind === 'released' ? today : asked.until;
  const decision: QuarantineDecision = { kind: asked.kind, at: now.toISOString(), by, reason: asked.reason, until };
  return { ...quarantine, revision: quarantine.revision + 1, decisions: [...quarantine.decisions, decision] };
}
