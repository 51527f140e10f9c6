import type { Clock } from '@selfheal/kernel/time.ts';
import { dueNotice, type Notice } from '#shared/domain/policy/approval-levels.ts';
import type { ApprovalQueue, PendingApproval } from '#shared/ports/approval-queue.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { type AnnounceDeps, announce } from '../notify/announce.ts';
import { type AskingStoryDeps, readAskingStory } from '../notify/asked-plan.ts';

export interface RemindDeps extends AskingStoryDeps, AnnounceDeps {
  readonly approvals: ApprovalQueue;
  readonly incidents: AskingStoryDeps['incidents'] & Pick<IncidentStore, 'audit'>;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/** Requests checked per round. */
const AT_ONCE = 100;
/** Time allowed for sending a message; after that another round may send it. */
const SENDING_MILLISECONDS = 4 * 60_000;

/**
 * Reminds people of unanswered requests, and asks the next level when it is due. Only one of several concurrent rounds sends. A mail goes
 * out twice only after a crash between sending and recording (decision 0007). Returns how many were sent.
 */
export async function remindApprovals(deps: RemindDeps): Promise<number> {
  let sent = 0;
  for (const approval of await deps.approvals.pending(AT_ONCE)) {
    try {
      if (await remindOf(approval, deps)) sent += 1;
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      deps.log.error('A reminder of an approval could not be sent.', { incidentId: approval.incidentId, error: name });
    }
  }
  return sent;
}

async function remindOf(approval: PendingApproval, deps: RemindDeps): Promise<boolean> {
  const now = deps.clock.now();
  if (Date.parse(approval.expiresAt) <= now.getTime()) {
    await deps.approvals.drop(approval);
    return false;
  }
  const due = dueNotice(approval, deps.configuration.approvals, { noticesSent: approval.noticesSent, now });
  if (due === null) return false;
  const until = new Date(now.getTime() + SENDING_MILLISECONDS);
  if (!(await deps.approvals.claimNotice(approval, now, until))) return false;
  await send(approval, due.notice, deps);
  await deps.approvals.recordNotice(approval, due.noticesSent);
  const { incidentId, digest } = approval;
  await deps.incidents.audit(incidentId, `approval-notice#${digest}#${due.noticesSent}`, {
    at: now.toISOString(),
    ...(due.notice.kind === 'reminder'
      ? { event: 'approval.reminded', facts: { digest } }
      : { event: 'approval.escalated', facts: { digest, level: due.notice.level + 1 } }),
  });
  deps.meter.count(`approval-${due.notice.kind}`);
  return true;
}

async function send(approval: PendingApproval, notice: Notice, deps: RemindDeps): Promise<void> {
  const { configuration } = deps;
  const { story, asked } = await readAskingStory(approval, deps);
  const escalated = notice.kind === 'escalation';
  const level = escalated ? configuration.approvals.levels[notice.level] : undefined;
  const headline = escalated
    ? (level?.subject ?? `Approval needed, level ${notice.level + 1}`)
    : 'Approval still needed';
  const opening = escalated
    ? `Nobody has answered yet. Selfheal now asks ${askedOf(level?.groups ?? [])}.`
    : 'Half of the time to decide is over, and nobody has answered.';
  const now = deps.clock.now();
  await announce({ kind: 'approval-asked', notice: notice.kind, story, asked, headline, opening, now }, deps);
}

function askedOf(groups: readonly string[]): string {
  return groups.length === 0
    ? 'everybody who may approve'
    : `the group${groups.length === 1 ? '' : 's'} ${groups.join(', ')}`;
}
