import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { alarmArnOf } from '#shared/domain/incident/home.ts';
import type { Ending, Incident } from '#shared/domain/incident/incident.ts';
import { Severity, severityOf as severityOfTarget } from '#shared/domain/incident/target-context.ts';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import { statusOf } from '#shared/plugins/notifiers/common/status-words.ts';
import { headlineOf } from '#shared/plugins/notifiers/common/story-words.ts';
import type { IncidentStory } from '#shared/ports/announcement.ts';
import type { GatheredMessages, Leases } from '#shared/ports/control-store.ts';
import type { Clock } from '#shared/ports/time.ts';

export interface GatherMailsDeps {
  readonly control: Pick<Leases, 'acquireLease'> & Pick<GatheredMessages, 'keepGathered'>;
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
  if (target.kind === 'github-run')
    return { about: target.repository, cause: `${cause}@${target.headSha}`, holder: id };
  const service = serviceOf(configuration, target);
  return service === null ? null : { about: service.id, cause, holder: alarmArnOf(target) };
}

/**
 * Whether a message about an incident waits for the next digest (decision 0073), which is stored with it. People were told of the same cause at the
 * same place within the window, and this one is not worse: neither its severity nor its ending. Each level that a message tells of is a lease of
 * its incident, so that a repeat of the same message is sent, and one that is worse goes out at once. Safe to repeat.
 */
export async function waitsForDigest(
  { story, channel, key, ending }: { story: IncidentStory; channel: string; key: string; ending: Ending },
  { control, configuration, clock }: GatherMailsDeps,
): Promise<boolean> {
  const { incident, links } = story;
  const gathering = gatheringOf(incident, configuration);
  const seconds = configuration.policy.flapWindowMinutes * 60;
  if (gathering === null || seconds === 0) return false;
  const { about, cause, holder } = gathering;
  const now = clock.now();
  const take = (severity: number, end: number) =>
    control.acquireLease(`mails#${channel}#${about}#${cause}#${severity}#${end}`, holder, seconds, now);
  const [severity, end] = [severityOf(incident), ENDINGS.indexOf(ending)];
  if ((await take(severity, end)) !== null) {
    // A level is one lease, at most twelve, taken at once: who is told of the worse one knows of the milder ones.
    const milder = Array.from({ length: severity + 1 }, (_, at) =>
      Array.from({ length: end + 1 }, (__, of) => [at, of]),
    );
    await Promise.all(milder.flat().map(([at = 0, of = 0]) => (at === severity && of === end ? null : take(at, of))));
    return false;
  }
  const { lead, rest } = statusOf(story);
  await control.keepGathered({
    version: 1,
    channel,
    about,
    incidentId: incident.id,
    key,
    at: now.toISOString(),
    headline: redactOutgoing(cleanText(headlineOf(story), MAX_HEADLINE)),
    outcome: redactOutgoing(cleanText(`${lead} ${rest}`, MAX_OUTCOME)),
    links: links.map(({ name, url }) => ({ name, url })),
  });
  return true;
}

function severityOf({ target, annotations }: Incident): number {
  const severity = annotations?.severity ?? severityOfTarget(target) ?? 'low';
  return Severity.options.indexOf(severity);
}
