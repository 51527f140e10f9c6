import type { AuditEntry } from '#shared/domain/audit/audit-entry.ts';
import { modeOf, serviceOf } from '#shared/domain/configuration/scope.ts';
import { type Exposure, mayHoldBack } from '#shared/domain/experiment/exposure.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import { bindAction } from '#shared/domain/plan/bind-action.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { type Candidate, HUMAN } from '#shared/domain/plan/candidates.ts';
import { type Choice, chooseCandidate } from '#shared/domain/plan/choice.ts';
import { approvalMinutesOf } from '#shared/domain/policy/approval-settings.ts';
import { decide, type Judgement } from '#shared/domain/policy/decide.ts';
import { recoveryOf } from '#shared/domain/policy/recovery.ts';
import type { StepInput, StepOutput, StepPlan } from '#shared/domain/workflow/steps.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { unlessRefused } from '../common/unless-refused.ts';
import { knownFacts, reasonsFact, withHistory } from './audit-facts.ts';
import { type CircumstanceDeps, gatherCircumstances } from './circumstances.ts';
import { candidatesFor, rankedFor } from './context.ts';
import { exposureFor, heldPlan } from './experiment.ts';
import { type FixDeps, prepareFix } from './fix.ts';
import { type GatheredDeps, type Material, readGathered } from './inputs.ts';
import { prepareQuarantine, type QuarantineDeps } from './quarantine.ts';
import { prepareRevert, type RevertDeps } from './revert.ts';
import { type FreshTelemetryDeps, readTelemetryAgain } from './telemetry.ts';
import { findUnfinished } from './unfinished.ts';

/** What is read before anything is written into a repository. */
interface Writable {
  readonly code: FixDeps['code'] & RevertDeps['code'];
  readonly codeReader: QuarantineDeps['codeReader'];
  readonly proposals: FixDeps['proposals'] & RevertDeps['proposals'] & QuarantineDeps['proposals'];
}

export interface PlanDeps
  extends FreshTelemetryDeps,
    CircumstanceDeps,
    Writable,
    Pick<GatheredDeps, 'experience'>,
    Pick<QuarantineDeps, 'tests' | 'stats'> {
  readonly codeHost: FreshTelemetryDeps['codeHost'] &
    QuarantineDeps['codeHost'] &
    FixDeps['codeHost'] &
    Pick<CodeHost, 'peopleBehind'>;
  readonly incidents: GatheredDeps['incidents'] & Pick<IncidentStore, 'getPlan' | 'putPlan' | 'audit'>;
  readonly evidence: GatheredDeps['evidence'] & FixDeps['evidence'] & QuarantineDeps['evidence'];
  readonly actions: readonly ActionPlugin[];
  readonly inspector: FixDeps['inspector'];
  readonly meter: Meter;
}

interface Decided {
  readonly judgement: Judgement;
  readonly exposure: Exposure | null;
  readonly listed: readonly Candidate[];
}

/**
 * Reads again how the target stands, lists the actions that fit, lets policy decide about the best (or the model's pick, where that is not bolder), and seals it.
 * Throws `CorruptRecord` when the incident was not gathered, classified and diagnosed before.
 */
export async function makePlan(input: StepInput<'plan'>, deps: PlanDeps): Promise<StepOutput<'plan'>> {
  const gathered = await readGathered(input.incidentId, deps);
  const { incident, records } = gathered;
  const unfinished = await findUnfinished(incident, records, input.tried, deps);
  if (unfinished.kind === 'continue') return continued(unfinished.action, incident, deps);
  const telemetry = await readTelemetryAgain(incident.target, gathered.telemetry, deps);
  const fresh = { ...gathered, telemetry };
  const [circumstances, prepared, revert, quarantine] = await Promise.all([
    gatherCircumstances(incident, telemetry, deps),
    prepareFix(fresh, deps),
    prepareRevert(fresh, deps),
    prepareQuarantine(fresh, deps),
  ]);
  const material = { ...fresh, circumstances, prepared, revert, quarantine };
  const { judgement, exposure, listed } =
    unfinished.kind === 'unclear'
      ? { judgement: decided(material, { kind: 'human', reason: unfinished.reason }, deps), exposure: null, listed: [] }
      : decideFor(material, input.tried, deps);
  const held = heldPlan(exposure, judgement);
  const action = held === null ? await seal(judgement, incident, deps) : null;
  const plan = held ?? stepPlan(judgement.decision, judgement.reasons, action, deps);
  const known = knownFacts(material, { listed, actionId: action?.actionId ?? null }, deps.configuration);
  await report(plan, incident, { round: input.tried.length, exposure, known }, deps);
  return plan;
}

function decided(material: Material, choice: Choice, deps: PlanDeps): Judgement {
  return withHistory(judgementOf(material, choice, deps), material);
}

/** An issue about a flaky test comes first, but where it may not be opened right away, what heals does not wait for it. */
function decideFor(material: Material, tried: readonly string[], deps: PlanDeps): Decided {
  const by = (one: Material): Decided => {
    const { choice, ...rest } = choiceOf(one, tried, deps);
    return { judgement: decided(one, choice, deps), ...rest };
  };
  const first = by(material);
  if (material.quarantine.next === null || first.judgement.decision === 'act') return first;
  const others = by({ ...material, quarantine: { ...material.quarantine, next: null } });
  return others.judgement.candidate === null ? first : others;
}

/** What was tried already is out; a model's pick of it says nothing about the rest, which code ranks. */
function choiceOf(
  material: Material,
  tried: readonly string[],
  deps: PlanDeps,
): { choice: Choice; exposure: Exposure | null; listed: readonly Candidate[] } {
  const { incident, telemetry, classification, diagnosis, outcomes } = material;
  const { configuration, clock } = deps;
  const past = material.records;
  const fix = material.prepared.kind === 'prepared' ? material.prepared.fix : null;
  const facts = {
    target: incident.target,
    telemetry,
    classification,
    configuration,
    past,
    fix,
    revert: material.revert,
    quarantine: material.quarantine.next,
    circumstances: material.circumstances,
    now: clock.now(),
  };
  const listed = rankedFor(incident, candidatesFor(facts, deps.actions), outcomes, facts);
  const left = listed.filter(({ actionId }) => !tried.includes(actionId));
  const pickWasTried = listed.some(({ label, actionId }) => label === diagnosis.choice && tried.includes(actionId));
  const usual = chooseCandidate(left, pickWasTried ? null : diagnosis.choice);
  if (tried.length > 0) return { choice: usual, exposure: null, listed };
  const mayHold = mayHoldBack(judgementOf(material, usual, deps), serviceOf(configuration, incident.target));
  const exposure = exposureFor(incident, classification, left, { configuration, mayHold });
  // A model may still ask for a human; otherwise the variant decides where there is one.
  const choice = exposure === null || diagnosis.choice === HUMAN ? usual : chooseCandidate(left, exposure.label);
  return { choice, exposure, listed };
}

function judgementOf(material: Material, choice: Choice, deps: PlanDeps): Judgement {
  const { incident, telemetry, diagnosis, records, circumstances } = material;
  return decide({
    targetKind: incident.target.kind,
    recovery: recoveryOf(incident.target, telemetry, records),
    mode: modeOf(deps.configuration, incident.target),
    service: serviceOf(deps.configuration, incident.target),
    policy: deps.configuration.policy,
    choice,
    modelConfidence: diagnosis.source === 'model' ? diagnosis.confidence : null,
    actionsSoFar: records.filter(({ state }) => state !== 'refused').length,
    circumstances,
    now: deps.clock.now(),
  });
}

/** Only what may be executed is sealed: a proposal has no digest. */
async function seal(
  { decision, candidate, needsApproval }: Judgement,
  incident: Incident,
  deps: PlanDeps,
): Promise<BoundAction | null> {
  if (candidate === null || (decision !== 'act' && decision !== 'approve')) return null;
  const { id: incidentId } = incident;
  const target = decision === 'approve' ? await withPeople(incident.target, deps) : incident.target;
  const action = bindAction(candidate, { incidentId, target, at: deps.clock.now(), needsApproval });
  await deps.incidents.putPlan(action);
  return action;
}

/** Who is behind the run, for whoever approves. Nobody may where GitHub refuses to say. */
async function withPeople(target: TargetContext, { codeHost }: PlanDeps): Promise<TargetContext> {
  if (target.kind !== 'github-run') return target;
  const people = await unlessRefused(() => codeHost.peopleBehind(target.repository, target));
  return people === null ? target : { ...target, people };
}

async function continued(action: BoundAction, incident: Incident, deps: PlanDeps): Promise<StepPlan> {
  const plan = stepPlan('act', ['Continues what an earlier execution began.', action.description], action, deps);
  await report(plan, incident, { round: 0, exposure: null, known: {} }, deps);
  return plan;
}

function stepPlan(
  decision: StepPlan['decision'],
  reasons: readonly string[],
  action: BoundAction | null,
  { configuration, actions }: PlanDeps,
): StepPlan {
  const schedule = action === null ? null : actionOf(action.actionId, actions)?.schedule(configuration);
  return {
    decision,
    reasons: [...reasons],
    digest: action?.digest ?? null,
    actionId: action?.actionId ?? null,
    family: action?.family ?? null,
    verifyIntervalSeconds: schedule?.intervalSeconds ?? 1,
    verifyMaxPolls: schedule?.maxPolls ?? 1,
    approvalSeconds: approvalMinutesOf(configuration) * 60,
  };
}

async function report(
  plan: StepPlan,
  incident: Incident,
  { round, exposure, known }: { round: number; exposure: Exposure | null; known: AuditEntry['facts'] },
  deps: PlanDeps,
): Promise<void> {
  deps.meter.count(`plan-${plan.decision}`);
  const key = `plan#${incident.attempt}#${round}#${plan.digest ?? plan.decision}`;
  await deps.incidents.audit(incident.id, key, {
    at: deps.clock.now().toISOString(),
    event: 'plan.made',
    facts: {
      decision: plan.decision,
      action: plan.actionId,
      digest: plan.digest,
      round,
      ...reasonsFact(plan.reasons),
      ...known,
      ...(exposure === null ? {} : { experiment: exposure.experimentId, variant: exposure.variantId }),
    },
  });
}
