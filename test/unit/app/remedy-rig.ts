import type { PlanDeps } from '#shared/app/plan/plan.ts';
import type { ActDeps } from '#shared/app/remediate/act.ts';
import { actionPorts } from '#shared/app/remediate/ports.ts';
import type { Actor } from '#shared/domain/access/caller.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { ActionFamily } from '#shared/domain/plan/bound-action.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import type { MetricReader } from '#shared/ports/metric-reader.ts';
import { aClassification, aDiagnosis, anIncident } from '#test/builders/index.ts';
import {
  makeLocalInspector,
  makeMemoryControlStore,
  makeMemoryDelegationStore,
  makeMemoryEscalationChains,
  makeMemoryEvidenceStore,
  makeMemoryExperienceStore,
  makeMemoryIncidents,
  makeMemoryKnowledgeStore,
  makeMemoryMailer,
  makeMemoryPersonStore,
  makeMemoryPolicyStore,
  makeMemoryPredictionStore,
  makeMemoryStatsStore,
  makeMemoryTestStore,
  makeMemoryWorkflowEngine,
  makeRecordingLog,
  makeRecordingMeter,
  scripted,
} from '#test/fakes/index.ts';
import { anActionWorld, fittingContext } from '../plugins/actions/action-world.ts';

export interface RigOptions {
  readonly family?: ActionFamily;
  /** The action that fits; the first of its family by default. */
  readonly actionId?: string;
  readonly configure?: (configuration: Configuration) => Configuration;
  readonly incident?: Parameters<typeof anIncident>[0];
  readonly confidence?: number;
}

/** An open incident with everything a plan needs, in stores in memory, before a world that can be acted upon. */
export async function aRemedyRig({
  family = 'github',
  actionId,
  configure = (one) => one,
  incident,
  confidence = 0.9,
}: RigOptions = {}) {
  const world = anActionWorld(actionId);
  const { clock } = world;
  const context = fittingContext(family, actionId);
  const { incidents, approvals } = makeMemoryIncidents(clock);
  const evidence = makeMemoryEvidenceStore();
  const classification = aClassification({ confidence });
  const opened = anIncident({ target: context.target, classification, ...incident });
  await incidents.create(opened);
  await evidence.putTelemetry(opened.id, context.telemetry);
  await evidence.putDiagnosis(opened.id, aDiagnosis());
  const deps = {
    family,
    incidents,
    approvals,
    delegations: makeMemoryDelegationStore(),
    persons: makeMemoryPersonStore(),
    keyOwner: async (): Promise<Actor | null> => null,
    evidence,
    experience: makeMemoryExperienceStore(),
    knowledge: makeMemoryKnowledgeStore(),
    metrics: scripted<MetricReader>('metrics'),
    control: makeMemoryControlStore(clock),
    chains: makeMemoryEscalationChains(),
    policy: makeMemoryPolicyStore(),
    ports: actionPorts(world.ports),
    codeHost: world.ports.codeHost,
    code: world.ports.code,
    codeReader: { commitsOf: async () => [] },
    tests: makeMemoryTestStore(),
    predictions: makeMemoryPredictionStore(),
    stats: makeMemoryStatsStore(),
    inspector: makeLocalInspector(),
    proposals: world.ports.proposals,
    alarms: world.ports.alarms,
    deployments: world.ports.deployments,
    resources: world.ports.resources,
    actions: ACTIONS,
    configuration: configure(context.configuration),
    clock,
    meter: makeRecordingMeter(),
    mailer: makeMemoryMailer(),
    notifiers: NOTIFIERS,
    log: makeRecordingLog(),
    workflow: makeMemoryWorkflowEngine(),
    dashboardUrl: 'https://dashboard.example/',
  } satisfies ActDeps & PlanDeps & Record<string, unknown>;
  const events = async () => (await incidents.auditTrail(opened.id)).map(({ event }) => event);
  return { ...world, incident: opened, context, deps, events };
}
export type RemedyRig = Awaited<ReturnType<typeof aRemedyRig>>;
