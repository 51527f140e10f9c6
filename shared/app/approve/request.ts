import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { ControlSettings } from '#shared/ports/control-store.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { type AnnounceDeps, announce } from '../notify/announce.ts';
import { type AskingDeps, type AskingStoryDeps, readAskingStory } from '../notify/asked-plan.ts';
import { type MailLimitDeps, mayMail } from '../notify/mail-limit.ts';
import type { StoryDeps } from '../notify/report.ts';

export interface RequestApprovalDeps extends AskingDeps, StoryDeps, MailLimitDeps, AnnounceDeps {
  readonly control: MailLimitDeps['control'] & Pick<ControlSettings, 'controls'>;
  readonly evidence: AskingStoryDeps['evidence'];
  readonly incidents: StoryDeps['incidents'] &
    Pick<IncidentStore, 'get' | 'getPlan' | 'putApproval' | 'getApproval' | 'renewToken' | 'audit'>;
  readonly actions: readonly ActionPlugin[];
  readonly clock: Clock;
  readonly meter: Meter;
}

/**
 * Stores the task token and mails what a person needs to decide, with a link to the dashboard. Repeatable: a repeat mails again, because
 * two mails are better than none. Sends at most two mails a day per pull request, whose comment shows every request. Throws `InvalidInput`
 * when this plan already has a decision.
 */
export async function requestApproval(
  input: StepInput<'requestApproval'>,
  deps: RequestApprovalDeps,
): Promise<StepOutput<'requestApproval'>> {
  const { incidentId, digest, taskToken } = input;
  const now = deps.clock.now();
  const approval: Approval = {
    incidentId,
    digest,
    taskToken,
    requestedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + input.expiresInSeconds * 1000).toISOString(),
    state: 'pending',
    decidedBy: null,
  };
  const { story, asked } = await readAskingStory(approval, deps);
  const isNew = (await deps.incidents.putApproval(approval)) === 'created';
  if (!isNew && (await requirePending(approval, deps)) === 'decided') return null;
  const headline = deps.configuration.approvals.levels[0]?.subject ?? 'Approval needed';
  const opening = 'Selfheal needs an approval.';
  const request = { kind: 'approval-asked', notice: 'first', story, asked, headline, opening, now } as const;
  await announce(request, deps, {
    shouldNotify: async ({ id, repeatable }) => {
      if (repeatable || (await mayMail(story.incident, `${digest}#${taskToken}`, deps, id))) return true;
      deps.meter.count('mail-left-out');
      return false;
    },
  });
  deps.meter.count('approval-requested');
  await deps.incidents.audit(incidentId, `approval-requested#${digest}`, {
    at: now.toISOString(),
    event: 'approval.requested',
    facts: { action: asked.actionId, digest, expiresAt: approval.expiresAt },
  });
  return null;
}

/** A decision may arrive while Step Functions retries with a new task token; then it belongs to the new token. */
async function requirePending(
  { incidentId, digest, taskToken }: Approval,
  { incidents }: RequestApprovalDeps,
): Promise<'pending' | 'decided'> {
  const existing = await incidents.getApproval(incidentId, digest);
  if (existing?.state === 'pending') return 'pending';
  const open = existing !== null && existing.outcome === undefined;
  if (open && (await incidents.renewToken(incidentId, digest, taskToken)) === 'renewed') return 'decided';
  throw new InvalidInput(`Plan ${digest} of incident ${incidentId} already has a decision; a new plan is needed.`);
}
