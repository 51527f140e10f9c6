import * as z from 'zod';

/** Groups of the user pool. */
export const ApproverGroups = z
  .array(z.string().regex(/^[A-Za-z0-9_.+-]{1,60}$/))
  .max(10)
  .default([]);

const Level = z.strictObject({
  /** Minutes to wait for these people before the next level is asked. */
  minutes: z.number().int().min(1).max(1440),
  /** Groups of the user pool whose members may approve from then on; none: everybody who may sign in. */
  groups: ApproverGroups,
  /** Part of the mail's subject, so that mailbox rules can tell levels apart. */
  subject: z
    .string()
    .regex(/^[\x20-\x7e]{1,40}$/, 'must be 1 to 40 plain ASCII characters')
    .optional(),
});

/**
 * Who is asked to approve, one level after the other. Without levels everybody is asked, for `policy.approvalMinutes`.
 */
export const Approvals = z
  .strictObject({
    levels: z.array(Level).max(5).default([]),
    /** Whether people with write access may approve by a comment on the pull request. */
    comments: z.boolean().default(true),
    /**
     * Whether the people behind a run (author, last pusher, requester, whoever triggered it) may approve re-runs and
     * reverts themselves, as a team of one has to; never changes of code. The audit trail names every such approval.
     */
    selfApproval: z.boolean().default(false),
    /** Maximum hours of a delegation. */
    maxDelegationHours: z.number().int().min(1).max(336).default(72),
  })
  .refine(({ levels }) => levels.reduce((sum, { minutes }) => sum + minutes, 0) <= 1440, {
    path: ['levels'],
    message: 'the minutes of all levels must not exceed a day (1440)',
  })
  .prefault({});
export type Approvals = z.infer<typeof Approvals>;

/** Minutes that a plan waits for its approval. */
export function approvalMinutesOf(configuration: {
  readonly approvals: Approvals;
  readonly policy: { readonly approvalMinutes: number };
}): number {
  const { levels } = configuration.approvals;
  return levels.length === 0
    ? configuration.policy.approvalMinutes
    : levels.reduce((sum, { minutes }) => sum + minutes, 0);
}
