import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { alarmArnOf } from '#shared/domain/incident/home.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { Ending, Incident } from '#shared/domain/incident/incident.ts';
import { Severity } from '#shared/domain/incident/target-context.ts';
import { incidentSeverity } from '#shared/domain/routing/route.ts';
import { statusOf } from '#shared/plugins/notifiers/common/status-words.ts';
import { headlineOf } from '#shared/plugins/notifiers/common/story-words.ts';
import type { IncidentStory } from '#shared/ports/announcement.ts';
import type { GatheredMessages, Leases, Limits } from '#shared/ports/control-store.ts';
import { quietNow } from './choose-channels.ts';

export interface GatherMailsDeps {
  readonly control: Pick<Leases, 'acquireLease'> &
    Pick<Limits, 'takeFromLimit'> &
    Pick<GatheredMessages, 'keepGathered'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

const ENDINGS = ['resolved', 'suggested', 'escalated'] as const satisfies readonly Ending[];
const MAX_HEADLINE = 600;
const MAX_OUTCOME = 1000;

/** Incidents whose messages are gathered: of the same place and cause. Who holds a level is told in a mail of its own. */
interface Gathering {
  /** For the digest: the service or the repository. */
  readonly about: string;
  readonly cause: string;
  readonly holder: string;
}

/**
 * Null for an incident that is always told by itself: a storm, an alarm that no service lists or whose cause nobody knows, a run whose cause nobody
 * knows. The same alarm is told again, as its own history decides; another alarm of the service waits. Of runs only those of one commit belong
 * together: a later commit may be the one that should have mended it.
 */
function gatheringOf({ id, target, classification }: Incident, configuration: Configuration): Gathering | null {
  const cause = classification?.class ?? 'unknown';
  if (target.kind === 'alert') {
    const about = serviceOf(configuration, target)?.id ?? target.service;
    return about === null ? null : { about, cause, holder: `${target.connection}#${target.key}` };
  }
  if (target.kind === 'report') {
    const about = serviceOf(configuration, target)?.id ?? target.service ?? target.repository;
    return about === null ? null : { about, cause, holder: id };
  }
  if (cause === 'unknown' || target.kind === 'storm') return null;
  if (target.kind === 'run') return { about: target.repository, cause: `${cause}@${target.headSha}`, holder: id };
  const service = serviceOf(configuration, target);
  return service === null ? null : { about: service.id, cause, holder: alarmArnOf(target) };
}

/** Who is told of this is told at once, however many there are. */
const NEVER_LIMITED: readonly Severity[] = ['high', 'critical'];
const HOUR_MILLISECONDS = 60 * 60_000;

interface IncidentMessage {
  readonly story: IncidentStory;
  readonly channel: string;
  /** Identifies the message among those about the incident. */
  readonly key: string;
  readonly ending: Ending;
}

/**
 * Whether a message about an incident waits for the next digest, which is stored with it: the channel has quiet hours, was told the same within the window
 * (decision 0073), or was told of as many incidents in this hour as the settings allow. Safe to repeat.
 */
export async function waitsForDigest(message: IncidentMessage, deps: GatherMailsDeps): Promise<boolean> {
  const { incident } = message.story;
  const { configuration, clock } = deps;
  const gathering = gatheringOf(incident, configuration);
  const isQuiet = quietNow(message.channel, incident, configuration, clock.now()) !== null;
  if (!isQuiet && !(await isTold(gathering, message, deps)) && !(await isTooMany(message, deps))) return false;
  await keep(message, gathering?.about ?? placeOf(incident.target), deps);
  return true;
}

/**
 * People were told of the same cause at the same place within the window, and this one is not worse: neither its severity nor its ending. Each level that
 * a message tells of is a lease of its incident, so that a repeat of the same message is sent, and one that is worse goes out at once.
 */
async function isTold(
  gathering: Gathering | null,
  { story: { incident }, channel, ending }: IncidentMessage,
  { control, configuration, clock }: GatherMailsDeps,
): Promise<boolean> {
  const seconds = configuration.policy.flapWindowMinutes * 60;
  if (gathering === null || seconds === 0) return false;
  const { about, cause, holder } = gathering;
  const now = clock.now();
  // A digest: the name of a repository is not left in a key that nothing leads to.
  const place = digestOf(canonicalJson([about, cause]), 40);
  const take = (severity: number, end: number) =>
    control.acquireLease(`mails#${channel}#${place}#${severity}#${end}`, holder, seconds, now);
  const [severity, end] = [
    Severity.options.indexOf(incidentSeverity(incident, configuration)),
    ENDINGS.indexOf(ending),
  ];
  if ((await take(severity, end)) === null) return true;
  // A level is one lease, at most twelve, taken at once: who is told of the worse one knows of the milder ones.
  const milder = Array.from({ length: severity + 1 }, (_, at) => Array.from({ length: end + 1 }, (__, of) => [at, of]));
  await Promise.all(milder.flat().map(([at = 0, of = 0]) => (at === severity && of === end ? null : take(at, of))));
  return false;
}

/** Whether the channel was told of `routing.maxPerHour` incidents in this hour. */
async function isTooMany(
  { story: { incident }, channel, key }: IncidentMessage,
  { control, configuration, clock }: GatherMailsDeps,
): Promise<boolean> {
  const { maxPerHour } = configuration.routing;
  if (maxPerHour === null || NEVER_LIMITED.includes(incidentSeverity(incident, configuration))) return false;
  const now = clock.now();
  const expires = new Date(now.getTime() + 2 * HOUR_MILLISECONDS);
  const hour = now.toISOString().slice(0, 13);
  return !(await control.takeFromLimit(`told#${channel}`, hour, `${incident.id}#${key}`, maxPerHour, expires));
}

async function keep(
  { story, channel, key }: IncidentMessage,
  about: string,
  { control, clock }: GatherMailsDeps,
): Promise<void> {
  const { lead, rest } = statusOf(story);
  await control.keepGathered({
    version: 1,
    channel,
    about,
    incidentId: story.incident.id,
    key,
    at: clock.now().toISOString(),
    headline: redactOutgoing(cleanText(headlineOf(story), MAX_HEADLINE)),
    outcome: redactOutgoing(cleanText(`${lead} ${rest}`, MAX_OUTCOME)),
    links: story.links.map(({ name, url }) => ({ name, url })),
  });
}

/** What a digest says it is about, where the incident has neither service nor repository. */
function placeOf(target: Incident['target']): string {
  if (target.kind === 'alarm') return cleanText(alarmNameOf(target), 255);
  if (target.kind === 'run') return target.repository;
  return 'several places';
}
