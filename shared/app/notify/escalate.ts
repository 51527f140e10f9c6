import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { endedByPerson } from '#shared/domain/incident/annotations.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { NotifierPlugin } from '#shared/plugins/notifiers/contract.ts';
import type { ControlSettings } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { loadIncident } from '../../ports/incident-store.ts';
import type { Counts } from '../common/counts.ts';
import { type AnnounceIncidentDeps, announceOnce } from './announce.ts';
import { type BeginCallsDeps, beginCalls } from './begin-calls.ts';
import { handOverKey } from './hand-over-key.ts';
import { readStory, type StoryDeps } from './report.ts';

export interface EscalateDeps extends StoryDeps, AnnounceIncidentDeps, BeginCallsDeps {
  readonly control: AnnounceIncidentDeps['control'] & Pick<ControlSettings, 'controls'>;
  readonly counts?: Counts;
  readonly incidents: StoryDeps['incidents'] & AnnounceIncidentDeps['incidents'] & Pick<IncidentStore, 'get' | 'audit'>;
}

/**
 * Hands the incident to a person, once per execution and channel; again only when it is unknown whether the message was sent. A flapping alarm
 * is not announced again (see `isAlreadyNotified`), and the number of messages about a pull request is limited (see `mayMail`), but not where a
 * person asks for it.
 */
export async function escalate(input: StepInput<'escalate'>, deps: EscalateDeps): Promise<StepOutput<'escalate'>> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  // Nobody is called for a rehearsal, nor for what a person has ended meanwhile.
  if (isSimulated(incident.target) || endedByPerson(incident)) return null;
  const story = await readStory(incident, 'final', deps);
  const { askedBy } = input;
  const isAsked = askedBy !== undefined;
  const key = handOverKey(incident, isAsked);
  await beginCalls(story, { key, isAsked }, deps);
  const onNotified = async ({ id: channel }: NotifierPlugin, where: string) => {
    deps.meter.count('incident-mailed');
    const facts = { attempt: incident.attempt, error: input.error, ...(isAsked ? { askedBy } : {}) };
    const at = deps.clock.now().toISOString();
    await deps.incidents.audit(incident.id, key, { at, event: 'incident.handed-over', facts });
    // Where a ticket is, so that people and a merged fix find it.
    if (URL.canParse(where))
      await deps.incidents.audit(incident.id, `notified#${channel}#${key}`, {
        at,
        event: 'incident.notified',
        facts: { channel, where: redactOutgoing(where), stage: 'final' },
      });
  };
  const how = { key, ending: 'escalated', skipSimilar: !isAsked, limited: !isAsked, onNotified } as const;
  await announceOnce({ kind: 'escalation', story, reason: reasonOf(input) }, how, deps).finally(() =>
    deps.counts?.flush(true),
  );
  return null;
}

/** Errors in words for people, by error name. */
const ERROR_WORDS: Readonly<Record<string, string>> = {
  Unreachable: 'GitHub could not be reached after several tries.',
  RateLimited: 'GitHub accepted no more requests for now (rate limit).',
};

function reasonOf({ reason, error }: StepInput<'escalate'>): string {
  return error === null ? reason : `${reason} ${ERROR_WORDS[error] ?? `(${error})`}`;
}
