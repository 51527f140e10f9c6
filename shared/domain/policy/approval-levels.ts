import type { Approvals } from './approval-settings.ts';

/** The time of a request for an approval, in ISO 8601. */
export interface AskedFor {
  readonly requestedAt: string;
  readonly expiresAt: string;
}

/** A message about a request that is not answered yet. */
export type Notice =
  | { readonly kind: 'reminder'; readonly at: number }
  /** The next level is asked; `level` counts from 1, the second one in the list. */
  | { readonly kind: 'escalation'; readonly at: number; readonly level: number };

const MINUTE = 60_000;

/** Every message that a request may need, in order: a reminder at half of its time, and one as each further level is reached. */
export function noticesOf({ requestedAt, expiresAt }: AskedFor, { levels }: Approvals): readonly Notice[] {
  const [from, to] = [Date.parse(requestedAt), Date.parse(expiresAt)];
  const starts = startsOf(from, levels).slice(1);
  const escalations = starts.map((at, index): Notice => ({ kind: 'escalation', at, level: index + 1 }));
  const reminder: Notice = { kind: 'reminder', at: from + (to - from) / 2 };
  return [...escalations, reminder].filter(({ at }) => at < to).sort((a, b) => a.at - b.at);
}

/**
 * What to say now of a request of whose messages `told` were said: the last one that is due, an escalation before a reminder, because
 * whoever was away for long wants one mail and not all of them. Null when nothing is due.
 */
export function dueNotice(
  asked: AskedFor,
  approvals: Approvals,
  { told, now }: { readonly told: number; readonly now: Date },
): { readonly notice: Notice; readonly told: number } | null {
  const notices = noticesOf(asked, approvals);
  const due = notices.filter(({ at }) => at <= now.getTime());
  const fresh = due.slice(told);
  const notice = fresh.findLast(({ kind }) => kind === 'escalation') ?? fresh.at(-1);
  return notice === undefined ? null : { notice, told: due.length };
}

/**
 * Groups whose members may approve at an instant: those of the service's own `approvers`, or of every level that was reached. Null: everybody
 * who may sign in.
 */
export function entitledGroups(
  asked: AskedFor,
  { levels }: Approvals,
  now: Date,
  approvers: readonly string[] = [],
): readonly string[] | null {
  if (approvers.length > 0) return approvers;
  const starts = startsOf(Date.parse(asked.requestedAt), levels);
  // The first level counts from the beginning, also by a clock that is behind.
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
