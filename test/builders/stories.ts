import { targetLinks } from '#shared/domain/incident/target-links.ts';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import { aDiagnosis, anEvidence } from './diagnoses.ts';
import { anActionRecord, anIncident } from './incidents.ts';
import { redactedText } from './text.ts';

/** A re-run that helped. */
export const RERUN_RECORD = anActionRecord({
  state: 'done',
  verified: 'recovered',
  receipt: {
    summary: redactedText('Re-ran the failed jobs of run 1001 as attempt 2.'),
    at: '2026-11-21T12:01:00.000Z',
    facts: { attempt: 2 },
  },
});

/** What notifiers tell of an incident that a re-run resolved. */
export function aResolvedStory(change: Partial<IncidentStory> = {}): IncidentStory {
  const incident = anIncident({ status: 'resolved', outcomeReason: 'Attempt 2 of run 1001 ended with success.' });
  return {
    incident,
    diagnosis: aDiagnosis(),
    evidence: anEvidence(),
    actions: [RERUN_RECORD],
    stage: 'final',
    links: targetLinks((change.incident ?? incident).target, 'https://github.com'),
    timeZone: 'UTC',
    ...change,
  };
}

/** What they tell of one that ended with a proposal, without an action. */
export function aProposalStory(change: Partial<IncidentStory> = {}): IncidentStory {
  const incident = anIncident({ status: 'suggested', outcomeReason: 'No safe action fits.' });
  return aResolvedStory({ incident, actions: [], ...change });
}
