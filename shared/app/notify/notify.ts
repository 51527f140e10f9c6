import { OutcomeUnknown, RateLimited, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { cutAtSentence } from '@selfheal/kernel/text/shortened-text.ts';
import { instantWords } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Announced } from '#shared/domain/answers/prediction.ts';
import { modeOf } from '#shared/domain/configuration/scope.ts';
import { endedByPerson } from '#shared/domain/incident/annotations.ts';
import type { Ending, Incident } from '#shared/domain/incident/incident.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import { approvalMinutesOf } from '#shared/domain/policy/approval-settings.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { NotifierPlugin, NotifierPorts } from '#shared/plugins/notifiers/contract.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { ControlSettings } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { PredictionStore } from '#shared/ports/learning-stores.ts';
import type { PolicyReader } from '#shared/ports/policy-store.ts';
import { loadIncident } from '../../ports/incident-store.ts';
import type { Counts } from '../common/counts.ts';
import { governed } from '../policy/governed.ts';
import { governedInRepository } from '../policy/governed-repository.ts';
import { type AnnounceIncidentDeps, announceOnce, notificationError } from './announce.ts';
import { type AskingStoryDeps, readAskingStory } from './asked-plan.ts';
import { isQuiet } from './quiet-pull-request.ts';
import { readStory } from './report.ts';

const MAX_REASON = 300;

export interface NotifyDeps extends AskingStoryDeps, Omit<AnnounceIncidentDeps, keyof NotifierPorts> {
  readonly control: AnnounceIncidentDeps['control'] & Pick<ControlSettings, 'cursor' | 'controls'>;
  readonly incidents: AskingStoryDeps['incidents'] &
    AnnounceIncidentDeps['incidents'] &
    Pick<IncidentStore, 'audit' | 'listApprovals'>;
  readonly ports: Partial<NotifierPorts> & { readonly codeHost: CodeHost };
  readonly policy: PolicyReader;
  readonly predictions: Pick<PredictionStore, 'noteAnnounced'>;
  readonly counts?: Counts;
}

/**
 * Announces the progress of an incident, and the answers to its requests for approval. A channel that fails temporarily is retried with the
 * step; the other channels still get the announcement.
 */
export async function notify(input: StepInput<'notify'>, deps: NotifyDeps): Promise<StepOutput<'notify'>> {
  return await announceProgress(input, deps).finally(() => deps.counts?.flush(true));
}

async function announceProgress(input: StepInput<'notify'>, given: NotifyDeps): Promise<StepOutput<'notify'>> {
  const incident = await loadIncident(input.incidentId, given.incidents);
  if (isSimulated(incident.target)) return null;
  // Asked for at the same moment, so that they come in one request.
  const [isNobodyTold, quiet, controls] = await Promise.all([
    isSilent(incident, input, given),
    isQuiet(incident.target, given.control),
    given.control.controls(),
  ]);
  if (isNobodyTold) return null;
  const deps = { ...given, control: { ...given.control, controls: async () => controls } };
  if (input.endedByPerson === true) return await tellEnd(incident, deps);
  if (input.acknowledgedByPerson === true) return await tellAcknowledgement(incident, deps);
  const known =
    input.stage === 'asking' ? await askingStory(incident, deps) : await readStory(incident, input.stage, deps);
  if (known === null) return null;
  const story = { ...known, quiet, page: `${deps.dashboardUrl.replace(/\/+$/, '')}/incidents/${incident.id}` };
  if (input.stage !== 'asking') await announceAnswers(story, deps);
  await announceOnce(
    { kind: 'progress', story },
    {
      ...deliveryOf(story, deps),
      key: `${story.stage}#${incident.attempt}`,
      skipSimilar: true,
      limited: false,
      onFailed: async (notifier, error) => {
        const instead = wordsInstead(error, notifier, input, deps.configuration);
        return instead === null ? notificationError(error) : await announceElsewhere(notifier, instead, story, deps);
      },
    },
    { ...deps, ...deps.ports },
  );
  return null;
}

/** Closes what stands open about an incident that a person ended: tickets, pages, threads. Nobody else is told. */
async function tellEnd(incident: Incident, deps: NotifyDeps): Promise<null> {
  if (!endedByPerson(incident)) return null;
  const story = await readStory(incident, 'final', deps);
  await announceOnce(
    { kind: 'progress', story },
    { ...deliveryOf(story, deps), key: `ended#${incident.attempt}`, skipSimilar: false, limited: false },
    { ...deps, ...deps.ports, notifiers: deps.notifiers.filter(({ staysOpen }) => staysOpen === true) },
  );
  return null;
}

/** Has pagers acknowledge what they page about an attempt that a person took on. Nobody else is told. */
async function tellAcknowledgement(incident: Incident, deps: NotifyDeps): Promise<null> {
  const { acknowledged } = incident.annotations ?? {};
  if (acknowledged?.attempt !== incident.attempt) return null;
  const story = { ...(await readStory(incident, 'acting', deps)), acknowledgedBy: acknowledged.by };
  await announceOnce(
    { kind: 'progress', story },
    { ...deliveryOf(story, deps), key: `acknowledged#${incident.attempt}`, skipSimilar: false, limited: false },
    { ...deps, ...deps.ports, notifiers: deps.notifiers.filter(({ acknowledges }) => acknowledges === true) },
  );
  return null;
}

/**
 * Whether nobody is told: the policy or the repository's file say so. Also of a repository whose file switches it off, because the incident was
 * recorded before the file was read. The file is not asked for once GitHub is known to be gone.
 */
async function isSilent({ target }: Incident, { githubGone }: StepInput<'notify'>, deps: NotifyDeps): Promise<boolean> {
  const overall = await governed(deps);
  const { configuration } = githubGone ? overall : await governedInRepository(overall, target, deps.ports.codeHost);
  return ['off', 'observe'].includes(modeOf(configuration, target));
}

/** Announces decisions about the incident's requests, and requests that expired. */
async function announceAnswers(story: IncidentStory, deps: NotifyDeps): Promise<void> {
  const now = deps.clock.now().getTime();
  for (const approval of await deps.incidents.listApprovals(story.incident.id)) {
    const isExpired = approval.state === 'pending' && Date.parse(approval.expiresAt) <= now;
    if (approval.state === 'pending' && !isExpired) continue;
    const kind = isExpired ? 'approval-expired' : 'approval-decided';
    const key = `${kind}#${approval.digest}`;
    const how = { ...deliveryOf(story, deps), key, skipSimilar: false, limited: false };
    await announceOnce({ kind, story, approval }, how, { ...deps, ...deps.ports });
  }
}

/** How deliveries about an incident are counted and recorded. */
function deliveryOf({ incident, stage }: IncidentStory, deps: NotifyDeps) {
  const ending: Ending =
    incident.status === 'resolved' || incident.status === 'suggested' ? incident.status : 'escalated';
  return {
    ending,
    onNotified: async ({ id: channel }: NotifierPlugin, where: string, isFirst: boolean) => {
      deps.meter.count(`notified-${channel}`);
      const at = deps.clock.now().toISOString();
      if (isFirst) await noteAnnounced(incident, { at, channel }, deps);
      await deps.incidents.audit(incident.id, `notified#${channel}#${stage}#${incident.attempt}`, {
        at,
        event: 'incident.notified',
        facts: { channel, where: redactOutgoing(where), stage },
      });
    },
  };
}

/** When people were first told, for the figures. If it cannot be stored, it is counted; nobody is told again for it. */
async function noteAnnounced(
  { id: incidentId, attempt, openedAt }: Incident,
  announced: Announced,
  { predictions, meter, counts }: NotifyDeps,
): Promise<void> {
  try {
    if ((await predictions.noteAnnounced({ incidentId, attempt, openedAt }, announced)) !== 'written') return;
    // A later attempt of an incident is told long after its opening, and is no measure of how fast people are told.
    if (attempt > 1) return;
    const seconds = (Date.parse(announced.at) - Date.parse(openedAt)) / 1000;
    counts?.observe('time_to_comment_seconds', { channel: announced.channel }, seconds);
  } catch {
    meter.count('announcement-time-lost');
  }
}

/**
 * The story of an incident whose request for approval follows right after this announcement, so its time to decide starts now. Null when
 * nothing waits for an approval.
 */
async function askingStory({ id: incidentId }: Incident, deps: NotifyDeps): Promise<IncidentStory | null> {
  const { decision, digest = null } = (await deps.incidents.listPlans(incidentId)).at(-1) ?? {};
  if (decision !== 'approve' || digest === null) return null;
  const now = deps.clock.now();
  const expires = new Date(now.getTime() + approvalMinutesOf(deps.configuration) * 60_000);
  const request = { incidentId, digest, requestedAt: now.toISOString(), expiresAt: expires.toISOString() };
  return (await readAskingStory(request, deps)).story;
}

/** What other channels announce when one failed, and why. */
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
    return { why: 'refused', headline: 'Not announced elsewhere', reason: refusalWords(title, error) };
  const isTransient = error instanceof Retryable || error instanceof OutcomeUnknown;
  if (!githubGone || !isTransient) return null;
  const since = instantWords(new Date(githubGone.since), policy.circumstances.timeZone);
  const times = `${githubGone.tries + 1} times`;
  const cause = error instanceof RateLimited ? 'accepted no more requests (rate limit)' : 'could not be reached';
  return {
    why: 'unreachable',
    headline: 'No comment',
    reason: `GitHub ${cause}, so the comment on the pull request is missing or outdated. Selfheal tried ${times} since ${since}.`,
  };
}

/** With the reason, which may quote the service. */
const refusalWords = (title: string, { message }: Error): string =>
  `${title} was refused: ${redactOutgoing(cutAtSentence(cleanText(message, 1000), MAX_REASON))}`;

/** Announces the end of an incident on the other channels when one fails permanently, so that people hear of it. */
async function announceElsewhere(
  failed: NotifierPlugin,
  { why, headline, reason }: InsteadWords,
  story: IncidentStory,
  deps: NotifyDeps,
): Promise<Error | null> {
  const { incident, stage } = story;
  deps.log.warn('A notifier failed permanently.', { incidentId: incident.id, channel: failed.id, kind: why });
  deps.meter.count(`${why}-${failed.id}`);
  if (stage !== 'final') return null;
  if (why === 'refused' && incident.status === 'escalated') return null;
  const announcement: Announcement = { kind: 'channel-failure', story, channel: failed.id, headline, reason };
  // The limit assumes a comment that shows every failure; without the comment, mail is the only notification.
  const how = {
    ...deliveryOf(story, deps),
    key: `instead-of-${failed.id}#${stage}#${incident.attempt}`,
    skipSimilar: false,
    limited: why === 'refused',
  };
  const others = deps.notifiers.filter(({ id }) => id !== failed.id);
  try {
    await announceOnce(announcement, how, { ...deps, ...deps.ports, notifiers: others });
    return null;
  } catch (error) {
    return notificationError(error);
  }
}
