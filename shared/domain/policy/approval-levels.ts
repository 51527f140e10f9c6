import * as z from 'zod';
import type { Approvals } from './approval-settings.ts';

/** The time of a request for an approval, in ISO 8601. */
export interface ApprovalPeriod {
  readonly requestedAt: string;
  readonly expiresAt: string;
}

/** A message about an unanswered request. */
export type Notice =
  | { readonly kind: 'reminder'; readonly at: number }
  /** The next level is asked; `level` counts from 1, the second one in the list. */
  | { readonly kind: 'escalation'; readonly at: number; readonly level: number };

const MINUTE = 60_000;

/**
 * Every message that a request may need, in order: a reminder after half of its time, and one as each further level is
 * reached.
 */
export function noticesOf({ requestedAt, expiresAt }: ApprovalPeriod, { levels }: Approvals): readonly Notice[] {
  const [from, to] = [Date.parse(requestedAt), Date.parse(expiresAt)];
  const starts = startsOf(from, levels).slice(1);
  const escalations = starts.map((at, index): Notice => ({ kind: 'escalation', at, level: index + 1 }));
  const reminder: Notice = { kind: 'reminder', at: from + (to - from) / 2 };
  return [...escalations, reminder].filter(({ at }) => at < to).sort((a, b) => a.at - b.at);
}

/**
 * The message to send now, after `noticesSent` earlier ones: the last one that is due, an escalation before a reminder.
 * After an outage people get one mail instead of all of them. Null when nothing is due.
 */
export function dueNotice(
  asked: ApprovalPeriod,
  approvals: Approvals,
  { noticesSent, now }: { readonly noticesSent: number; readonly now: Date },
): { readonly notice: Notice; readonly noticesSent: number } | null {
  const notices = noticesOf(asked, approvals);
  const due = notices.filter(({ at }) => at <= now.getTime());
  const fresh = due.slice(noticesSent);
  const notice = fresh.findLast(({ kind }) => kind === 'escalation') ?? fresh.at(-1);
  return notice === undefined ? null : { notice, noticesSent: due.length };
}

/**
 * Groups whose members may approve at an instant: the service's own `approvers`, or those of every level reached so
 * far. Null: everybody who may sign in.
 */
export function entitledGroups(
  asked: ApprovalPeriod,
  { levels }: Approvals,
  now: Date,
  approvers: readonly string[] = [],
): readonly string[] | null {
  if (approvers.length > 0) return approvers;
  const starts = startsOf(Date.parse(asked.requestedAt), levels);
  // The first level counts from the beginning, even by a clock that is behind.
  const reached = levels.filter((_level, index) => index === 0 || (starts[index] ?? Infinity) <= now.getTime());
  if (reached.length === 0 || reached.some(({ groups }) => groups.length === 0)) return null;
  return [...new Set(reached.flatMap(({ groups }) => groups))];
}

/** Every group that may be asked for an approval. */
export function approverGroups(configuration: {
  readonly approvals: Approvals;
  readonly services: readonly { readonly approvers: readonly string[] }[];
}): readonly string[] {
  const { approvals, services } = configuration;
  return [
    ...new Set([
      ...approvals.levels.flatMap(({ groups }) => groups),
      ...services.flatMap(({ approvers }) => approvers),
    ]),
  ];
}

function startsOf(from: number, levels: Approvals['levels']): number[] {
  let at = from;
  return levels.map(({ minutes }) => {
    const start = at;
    at += minutes * MINUTE;
    return start;
  });
}

/**
 * An approver lets another person approve for a while. Passes on the approver's own groups, but nothing that was
 * delegated to them.
 */
export const Delegation = z.strictObject({
  version: z.literal(1),
  /** Who delegates: the user pool's name, and their GitHub login. */
  from: z.string().min(1).max(128),
  fromGithub: z.string().min(1).max(60),
  groups: z.array(z.string().min(1).max(128)).min(1).max(50),
  /** E-mail address of the deputy, in lower case. */
  to: z.email().max(200),
  createdAt: z.iso.datetime(),
  until: z.iso.datetime(),
});
export type Delegation = z.infer<typeof Delegation>;
