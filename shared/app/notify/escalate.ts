import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { loadIncident } from '../common/load-incident.ts';
import { type AnnounceIncidentDeps, announceOnce } from './announce.ts';
import { readStory, type StoryDeps } from './report.ts';

export interface EscalateDeps extends StoryDeps, AnnounceIncidentDeps {
  readonly incidents: StoryDeps['incidents'] & AnnounceIncidentDeps['incidents'] & Pick<IncidentStore, 'get' | 'audit'>;
}

/**
 * Hands the incident to a person, once per execution and channel; again only when it is unknown whether the message was
 * sent. A flapping alarm is not announced again: see `isToldAlready`; for pull requests the number of messages is
 * limited: see `mayMail`.
 */
export async function escalate(input: StepInput<'escalate'>, deps: EscalateDeps): Promise<StepOutput<'escalate'>> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  const story = await readStory(incident, 'final', deps);
  const key = `escalated#${incident.attempt}`;
  const told = async () => {
    deps.meter.count('incident-mailed');
    const facts = { attempt: incident.attempt, error: input.error };
    const at = deps.clock.now().toISOString();
    await deps.incidents.audit(incident.id, key, { at, event: 'incident.handed-over', facts });
  };
  const how = { key, ending: 'escalated', unlessAlike: true, limited: true, told } as const;
  await announceOnce({ kind: 'escalation', story, reason: reasonOf(input) }, how, deps);
  return null;
}

/** What errors mean for people, by their names. */
const ERROR_WORDS: Readonly<Record<string, string>> = {
  Unreachable: 'GitHub could not be reached, however often it was tried.',
  RateLimited: 'GitHub took no more requests for now (rate limit).',
};

function reasonOf({ reason, error }: StepInput<'escalate'>): string {
  return error === null ? reason : `${reason} ${ERROR_WORDS[error] ?? `(${error})`}`;
}
