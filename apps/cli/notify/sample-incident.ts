import { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { Classification, type FailureClass } from '@selfheal/kernel/failure-class.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { Incident } from '#shared/domain/incident/incident.ts';
import type { Severity } from '#shared/domain/incident/target-context.ts';
import type { Announcement } from '#shared/ports/announcement.ts';

export interface SampleFacts {
  readonly severity: Severity;
  readonly service: string | null;
  readonly repository: string | null;
  readonly class: FailureClass;
  readonly now: Date;
  readonly timeZone: string;
}

const ID = `api-${'0'.repeat(24)}`;

/** An incident that never happened and needs a person, reported about this service or repository. */
export function sampleHandOver({ severity, service, repository, now, timeZone, ...facts }: SampleFacts): Announcement {
  const at = now.toISOString();
  const classification = Classification.parse({
    class: facts.class,
    verdict: 'infrastructure',
    confidence: 0.9,
    alternatives: [],
    signature: null,
    fingerprint: '0'.repeat(16),
    evidence: ['L1'],
  });
  const incident = Incident.parse({
    version: 1,
    id: ID,
    status: 'escalated',
    target: {
      kind: 'report',
      reportId: '0'.repeat(32),
      service,
      repository,
      severity,
      reportedBy: 'selfheal notify test',
      reportedAt: at,
      simulated: true,
    },
    intakeKey: 'sample',
    tainted: { title: 'A sample: orders are slow', branch: null, branchKey: null, reason: null },
    source: 'api',
    attempt: 1,
    occurrences: 1,
    runAttempt: 1,
    reopened: false,
    restarts: 0,
    recurrence: null,
    parentId: null,
    classification,
    outcomeReason: null,
    openedAt: at,
    updatedAt: at,
  });
  const line = { ref: 'L1', number: 1, text: 'ERROR connection pool exhausted after 30 s (a sample)', score: 9 };
  const evidence = Evidence.parse({
    version: 1,
    incidentId: ID,
    gatheredAt: at,
    sources: [{ id: 'S1', name: 'orders', url: null, totalLines: 1, lines: [line] }],
    notes: [],
  });
  const diagnosis = Diagnosis.parse({
    version: 1,
    source: 'rules',
    classification,
    confidence: 0.9,
    summary: 'The connection pool is exhausted',
    rootCause: 'Every connection of the pool was in use for longer than the timeout.',
    evidence: ['L1'],
    fix: 'Find what holds the connections.',
    prevention: 'Close connections in every path.',
    unchecked: [],
    preExisting: false,
    choice: null,
    note: null,
  });
  const story = { incident, diagnosis, evidence, actions: [], stage: 'final' as const, links: [], timeZone };
  return { kind: 'escalation', story, reason: phrase`This is a test: no safe action fits.` };
}
