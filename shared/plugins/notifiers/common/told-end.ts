import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { IncidentStory } from '#shared/ports/announcement.ts';

/** Whether people are told of this end in a channel: it is one, and no pull request shows it. */
export function isToldEnd({ incident, stage }: IncidentStory): boolean {
  return (
    stage === 'final' &&
    (incident.status === 'resolved' || incident.status === 'suggested') &&
    !(incident.target.kind === 'run' && isContributed(incident.target))
  );
}

/** Whether the run belongs to a pull request; for a fork GitHub reports only the event. */
export function isContributed({ pullRequest, event }: RunTarget): boolean {
  return pullRequest !== null || event.startsWith('pull_request');
}
