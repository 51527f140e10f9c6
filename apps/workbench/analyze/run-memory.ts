import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { Refused } from '@selfheal/kernel/errors.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { AnalyzeDeps } from '#shared/app/analyze/analyze.ts';
import type { ClassifyDeps } from '#shared/app/classify/classify.ts';
import type { GatherDeps } from '#shared/app/gather/gather.ts';
import type { KnowledgeDeps } from '#shared/app/knowledge/knowledge.ts';
import type { StoryDeps } from '#shared/app/notify/report.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Known } from '#shared/domain/knowledge/known.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

type Records = Pick<EvidenceStore, 'putEvidence' | 'getEvidence' | 'putTelemetry' | 'getTelemetry'> &
  Pick<EvidenceStore, 'getReport' | 'putKnown' | 'getKnown' | 'putDiagnosis' | 'getDiagnosis' | 'getOffer'>;
type Incidents = Pick<IncidentStore, 'get' | 'update' | 'audit' | 'listActions' | 'listPlans'>;

/** The stores that a deployment keeps in tables. */
type Memory = Pick<ClassifyDeps, 'control' | 'healing' | 'experience' | 'predictions' | 'tests'> &
  Pick<AnalyzeDeps, 'control' | 'stats'> &
  Pick<KnowledgeDeps, 'knowledge' | 'patterns'> & { incidents: Incidents; evidence: Records } & Pick<
    StoryDeps,
    'incidents'
  >;

/** Counters of what a model used, kept as long as the command runs. */
export function makeCounters(): Pick<AnalyzeDeps['control'], 'addTo'> {
  const totals = new Map<string, number>();
  return {
    async addTo(scope, amount) {
      const total = (totals.get(scope) ?? 0) + amount;
      totals.set(scope, total);
      return total;
    },
  };
}

/**
 * The records of one incident, kept as long as the command runs. Nothing happened before it: there are no past
 * incidents, lessons, outcomes or test records, and no other incident to be a duplicate of.
 */
export function makeRunMemory(opened: Incident): Memory {
  let incident = opened;
  return {
    incidents: {
      get: async (id) => (id === incident.id ? incident : null),
      update: async (_id, change) => {
        incident = { ...incident, ...change } as Incident;
        return 'updated';
      },
      audit: async () => {},
      listActions: async () => [],
      listPlans: async () => [],
      listApprovals: async () => [],
    },
    evidence: makeRecords(),
    control: {
      claimGroup: async (_key, claim) => claim,
      releaseGroup: async () => {},
      ...makeCounters(),
    },
    healing: { recur: async () => null },
    experience: { addRecurrence: async () => {} },
    predictions: { addPrediction: async () => 'added', noteSetback: async () => 'refused' },
    stats: { recentRuns: async () => [], runBaseline: async () => null },
    tests: { testRecords: async () => [] },
    knowledge: { findByFingerprint: async () => null },
    patterns: { recognising: async () => [] },
  };
}

function makeRecords(): Records {
  let evidence: Evidence | null = null;
  let telemetry: Telemetry | null = null;
  let known: Known | null = null;
  let diagnosis: Diagnosis | null = null;
  return {
    putEvidence: async (given) => {
      evidence = given;
    },
    getEvidence: async () => evidence,
    putTelemetry: async (_id, given) => {
      telemetry = given;
    },
    getTelemetry: async () => telemetry,
    putKnown: async (given) => {
      known = given;
    },
    getKnown: async () => known,
    putDiagnosis: async (_id, given) => {
      diagnosis = given;
    },
    getDiagnosis: async () => diagnosis,
    // Nobody reported a run of GitHub.
    getReport: async () => null,
    // No candidate actions are listed, so a model has none to choose from.
    getOffer: async () => null,
  };
}

const ofService = async (): Promise<never> => {
  throw new Refused('A workflow run has no alarm, service or metric.');
};

/** Ports that only alarms need, which refuse every call; and the change graph, which only a deployment has. */
export const NO_SERVICE: Pick<
  GatherDeps,
  'alarms' | 'builds' | 'deployments' | 'resources' | 'serviceLogs' | 'changes'
> &
  Pick<AnalyzeDeps, 'metrics' | 'policy'> = {
  alarms: { read: ofService },
  builds: {
    build: ofService,
    latestBuilds: ofService,
    actionsOf: ofService,
    stageState: ofService,
    logOf: ofService,
  },
  deployments: { read: ofService },
  resources: { read: ofService },
  serviceLogs: { recent: ofService },
  changes: { at: async () => [], link: async () => {} },
  metrics: { read: ofService },
  policy: { current: async () => ({ kind: 'none' }) },
};
