import { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { Evidence, EvidenceLine } from '@selfheal/log-reading/logs/evidence.ts';
import { type AlarmFacts, type Deployment, type RunFacts, Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type * as z from 'zod';
import { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { aClassification } from './incidents.ts';

export function aDiagnosis(change: Partial<z.input<typeof Diagnosis>> = {}): Diagnosis {
  return Diagnosis.parse({
    version: 1,
    source: 'rules',
    classification: aClassification(),
    confidence: 0.9,
    rootCause: 'The connection to the package registry was reset.',
    evidence: ['L1'],
    fix: 'Run the failed jobs again.',
    prevention: 'Retry downloads in the build.',
    unchecked: [],
    preExisting: null,
    choice: null,
    note: null,
    ...change,
  });
}

export function anEvidenceLine(change: Partial<z.input<typeof EvidenceLine>> = {}): EvidenceLine {
  return EvidenceLine.parse({ ref: 'L1', number: 1, text: 'Error: read ECONNRESET', score: 10, ...change });
}

/** One source with one line, or with the given texts as lines `L1`, `L2` ... */
export function anEvidence(change: Partial<z.input<typeof Evidence>> & { texts?: readonly string[] } = {}): Evidence {
  const { texts = ['Error: read ECONNRESET'], ...fields } = change;
  const lines = texts.map((text, index) => anEvidenceLine({ ref: `L${index + 1}`, number: index + 1, text }));
  return Evidence.parse({
    version: 1,
    incidentId: `gh-${'0'.repeat(24)}`,
    gatheredAt: '2026-11-21T12:00:01.000Z',
    sources: [{ id: 'S1', name: 'build', url: null, totalLines: lines.length, lines }],
    notes: [],
    ...fields,
  });
}

export function aLambdaDeployment(
  change: Partial<Extract<Deployment, { kind: 'lambda-alias' }>> = {},
): Extract<Deployment, { kind: 'lambda-alias' }> {
  return {
    kind: 'lambda-alias',
    functionName: 'checkout',
    alias: 'live',
    currentVersion: '8',
    previousVersion: '7',
    revisionId: 'revision-8',
    deployedAt: '2026-11-21T11:00:00.000Z',
    ...change,
  };
}

export function anEcsDeployment(
  change: Partial<Extract<Deployment, { kind: 'ecs-service' }>> = {},
): Extract<Deployment, { kind: 'ecs-service' }> {
  return {
    kind: 'ecs-service',
    cluster: 'shop',
    service: 'checkout',
    currentTaskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:8',
    previousTaskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:7',
    deployedAt: '2026-11-21T11:00:00.000Z',
    ...change,
  };
}

export function someRunFacts(change: Partial<RunFacts> = {}): RunFacts {
  return {
    kind: 'run',
    attempt: 1,
    status: 'completed',
    conclusion: 'failure',
    failedJobIds: [501],
    passedJobs: 0,
    startedAt: '2026-11-21T11:50:00Z',
    usualSeconds: [],
    pullRequest: null,
    newerRun: false,
    defaultBranchConclusions: ['success', 'success'],
    jobHistories: [],
    ...change,
  };
}

export function someAlarmFacts(change: Partial<AlarmFacts> = {}): AlarmFacts {
  return {
    kind: 'alarm',
    state: 'ALARM',
    stateSince: '2026-11-21T11:58:00.000Z',
    serviceId: 'checkout',
    deployment: aLambdaDeployment(),
    resources: [],
    ...change,
  };
}

/** Facts of a failed run unless other facts are given. */
export function aTelemetry(change: Partial<Telemetry> = {}): Telemetry {
  return Telemetry.parse({ version: 1, readAt: '2026-11-21T12:00:01.000Z', facts: someRunFacts(), ...change });
}

export function aKnowledgeEntry(change: Partial<z.input<typeof KnowledgeEntry>> = {}): KnowledgeEntry {
  return KnowledgeEntry.parse({
    version: 1,
    id: 'learned-0123456789abcdef',
    title: 'Connection reset by the package registry',
    origin: 'incident',
    class: 'network_connectivity',
    fingerprints: ['0123456789abcdef'],
    keywords: ['econnreset', 'registry'],
    rootCause: 'The connection to the package registry was reset.',
    resolution: 'Run the failed jobs again.',
    prevention: 'Retry downloads in the build.',
    confidence: 0.9,
    successes: 0,
    failures: 0,
    updatedAt: null,
    ...change,
  });
}
