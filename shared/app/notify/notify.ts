import { modeOf } from '#shared/domain/configuration/scope.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Ending } from '#shared/domain/incident/notification.ts';
import { approvalMinutesOf } from '#shared/domain/policy/approval-settings.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import { OutcomeUnknown, RateLimited, Refused, Retryable } from '#shared/kernel/errors.ts';
import { instantWords } from '#shared/kernel/time-words.ts';
import type { NotifierPlugin, NotifierPorts } from '#shared/plugins/notifiers/contract.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';
import type { ControlSettings } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { loadIncident } from '../common/load-incident.ts';
import { type AnnounceIncidentDeps, announceOnce, passing } from './announce.ts';
import { type AskingStoryDeps, readAskingStory } from './asked-plan.ts';
import { isQuiet } from './quiet-pull-request.ts';
import { readStory } from './report.ts';

export interface NotifyDeps extends AskingStoryDeps, Omit<AnnounceIncidentDeps, keyof NotifierPorts> {
  readonly control: AnnounceIncidentDeps['control'] & Pick<ControlSettings, 'cursor'>;
  readonly incidents: AskingStoryDeps['incidents'] &
    AnnounceIncidentDeps['incidents'] &
    Pick<IncidentStore, 'audit' | 'listApprovals'>;
  readonly ports: NotifierPorts;
}

/**
 * Announces how an incident goes on, and what became of requests for approval. A channel that fails temporarily is
 * retried with the step; the others are not lost.
 */
export async function notify(input: StepInput<'notify'>, deps: NotifyDeps): Promise<StepOutput<'notify'>> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  if (modeOf(deps.configuration, incident.target) === 'observe') return null;
  const quiet = await isQuiet(incident.target, deps.control);
  const known =
    input.stage === 'asking' ? await askingStory(incident, deps) : await readStory(incident, input.stage, deps);
  if (known === null) return null;
  const story = { ...known, quiet };
  if (input.stage !== 'asking') await announceAnswers(story, deps);
  await announceOnce(
    { kind: 'progress', story },
    {
      ...howOf(story, deps),
      key: `${story.stage}#${incident.attempt}`,
      unlessAlike: true,
      limited: false,
      failed: async (notifier, error) => {
        const instead = wordsInstead(error, notifier, input, deps.configuration);
        return instead === null ? passing(error) : await tellElsewhere(notifier, instead, story, deps);
      },
    },
    { ...deps, ...deps.ports },
  );
  return null;
}

/** What people decided since, or that nobody did in time. */
async function announceAnswers(story: IncidentStory, deps: NotifyDeps): Promise<void> {
  const now = deps.clock.now().getTime();
  for (const approval of await deps.incidents.listApprovals(story.incident.id)) {
    const isExpired = approval.state === 'pending' && Date.parse(approval.expiresAt) <= now;
    if (approval.state === 'pending' && !isExpired) continue;
    const kind = isExpired ? 'approval-expired' : 'approval-decided';
    const key = `${kind}#${approval.digest}`;
    const how = { ...howOf(story, deps), key, unlessAlike: false, limited: false };
    await announceOnce({ kind, story, approval }, how, { ...deps, ...deps.ports });
  }
}

/** How what is told about an incident is counted and kept in its trail. */
function howOf({ incident, stage }: IncidentStory, deps: NotifyDeps) {
  const ending: Ending =
    incident.status === 'resolved' || incident.status === 'suggested' ? incident.status : 'escalated';
  return {
    ending,
    told: async ({ id: channel }: NotifierPlugin, where: string) => {
      deps.meter.count(`notified-${channel}`);
      await deps.incidents.audit(incident.id, `notified#${channel}#${stage}#${incident.attempt}`, {
        at: deps.clock.now().toISOString(),
        event: 'incident.notified',
        facts: { channel, where: redactOutgoing(where), stage },
      });
    },
  };
}

/**
 * The request follows right after its announcement: its time is counted from now. Null when nothing waits for an
 * approval.
 */
async function askingStory({ id: incidentId }: Incident, deps: NotifyDeps): Promise<IncidentStory | null> {
  const { decision, digest = null } = (await deps.incidents.listPlans(incidentId)).at(-1) ?? {};
  if (decision !== 'approve' || digest === null) return null;
  const now = deps.clock.now();
  const expires = new Date(now.getTime() + approvalMinutesOf(deps.configuration) * 60_000);
  const request = { incidentId, digest, requestedAt: now.toISOString(), expiresAt: expires.toISOString() };
  return (await readAskingStory(request, deps)).story;
}

/** What is said about a channel that failed, and whether it may be skipped; null: the step is retried. */
interface InsteadWords {
  readonly why: 'refused' | 'unreachable';
  readonly headline: string;
  readonly reason: string;
}

function wordsInstead(
  error: unknown,
  { title }: NotifierPlugin,
  { githubGone }: StepInput<'notify'>,
  { policy }: NotifyDeps['configuration'],
): InsteadWords | null {
  if (error instanceof Refused)
    return { why: 'refused', headline: 'Not told elsewhere', reason: `${title} was refused.` };
  const isPassing = error instanceof Retryable || error instanceof OutcomeUnknown;
  if (!githubGone || !isPassing) return null;
  const since = instantWords(new Date(githubGone.since), policy.circumstances.timeZone);
  const times = `${githubGone.tries + 1} times`;
  const cause = error instanceof RateLimited ? 'took no more requests (rate limit)' : 'could not be reached';
  return {
    why: 'unreachable',
    headline: 'No comment',
    reason: `GitHub ${cause}, so the comment on the pull request is missing or not up to date: it was tried ${times} since ${since}.`,
  };
}

/** A channel that fails permanently must not hide the end of an incident: the other channels announce it instead. */
async function tellElsewhere(
  failed: NotifierPlugin,
  { why, headline, reason }: InsteadWords,
  story: IncidentStory,
  deps: NotifyDeps,
): Promise<Error | null> {
  const { incident, stage } = story;
  deps.log.warn('A channel failed to tell.', { incidentId: incident.id, channel: failed.id, kind: why });
  deps.meter.count(`${why}-${failed.id}`);
  if (stage !== 'final') return null;
  if (why === 'refused' && incident.status === 'escalated') return null;
  const announcement: Announcement = { kind: 'channel-failure', story, channel: failed.id, headline, reason };
  // The limit relies on the comment, which shows every failure: without it a mail is all that people get.
  const how = {
    ...howOf(story, deps),
    key: `instead-of-${failed.id}#${stage}#${incident.attempt}`,
    unlessAlike: false,
    limited: why === 'refused',
  };
  const others = deps.notifiers.filter(({ id }) => id !== failed.id);
  try {
    await announceOnce(announcement, how, { ...deps, ...deps.ports, notifiers: others });
    return null;
  } catch (error) {
    return passing(error);
  }
}
