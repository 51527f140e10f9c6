import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import type { Ending, Incident } from '#shared/domain/incident/incident.ts';
import { Severity } from '#shared/domain/incident/target-context.ts';
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

/** What a report is about; null for every other incident. An alarm is a cause of its own, and many of them are a storm (decision 0028). */
function aboutOf({ target }: Incident, configuration: Configuration): string | null {
  if (target.kind !== 'report') return null;
  return serviceOf(configuration, target)?.id ?? target.service ?? target.repository;
}

/**
 * Whether a message about a report waits for the next digest (decision 0073), which is stored with it. People were told of the same cause at the
 * same service within the window, and this one is not worse: neither its severity nor its ending. Each level that a message tells of is a lease of
 * its incident, so that a repeat of the same message is sent, and one that is worse goes out at once. Safe to repeat.
 */
export async function waitsForDigest(
  { story, channel, key, ending }: { story: IncidentStory; channel: string; key: string; ending: Ending },
  { control, configuration, clock }: GatherMailsDeps,
): Promise<boolean> {
  const { incident, links } = story;
  const about = aboutOf(incident, configuration);
  const seconds = configuration.policy.flapWindowMinutes * 60;
  if (about === null || seconds === 0) return false;
  const now = clock.now();
  const cause = incident.classification?.class ?? 'unknown';
  const take = (severity: number, end: number) =>
    control.acquireLease(`mails#${channel}#${about}#${cause}#${severity}#${end}`, incident.id, seconds, now);
  const [severity, end] = [severityOf(incident), ENDINGS.indexOf(ending)];
  if ((await take(severity, end)) !== null) {
    for (let lower = 0; lower <= severity; lower += 1)
      for (let milder = 0; milder <= end; milder += 1) await take(lower, milder);
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
  const severity = annotations?.severity ?? (target.kind === 'report' ? target.severity : 'low');
  return Severity.options.indexOf(severity);
}
