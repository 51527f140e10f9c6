import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { summaryLineOf } from '@selfheal/diagnosis/diagnosis/summary-line.ts';
import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { AuditFacts } from '#shared/domain/audit/audit-event.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { modeOf, serviceOf } from '#shared/domain/configuration/scope.ts';
import { type Exposure, mayHoldBack } from '#shared/domain/experiment/exposure.ts';
import { experimentAt } from '#shared/domain/experiment/started-experiment.ts';
import { foreignReason } from '#shared/domain/incident/home.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSimulated, type TargetContext } from '#shared/domain/incident/target-context.ts';
import { bindAction } from '#shared/domain/plan/bind-action.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { type Candidate, type Choice, chooseCandidate, HUMAN } from '#shared/domain/plan/candidates.ts';
import { approvalMinutesOf } from '#shared/domain/policy/approval-settings.ts';
import { closedReason } from '#shared/domain/policy/closed-pull-request.ts';
import { decide, type Judgement, withAlerts } from '#shared/domain/policy/decide.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import { recoveryOf } from '#shared/domain/policy/recovery.ts';
import type { StepInput, StepOutput, StepPlan } from '#shared/domain/workflow/steps.ts';
import type { ActionPlugin, PreparationPorts } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { PolicyReader } from '#shared/ports/policy-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { type Governance, governed } from '../policy/governed.ts';
import { governedInRepository } from '../policy/governed-repository.ts';
import { advisedCandidates } from './advised.ts';
import { type AlertDeps, raisedAlerts } from './alerts.ts';
import { knownFacts, planContext, reasonsFact, withHistory } from './audit-facts.ts';
import { type CircumstanceDeps, gatherCircumstances } from './circumstances.ts';
import { candidatesFor, leftOutByHost, rankedFor } from './context.ts';
import { exposureFor, heldPlan } from './experiment.ts';
import { type IncidentFactsDeps, type PlanInputs, type Ranking, readIncidentFacts, readRanking } from './inputs.ts';
import { prepareActions } from './prepare.ts';
import { recoveryUnlessRequested, requestedChoice } from './requested.ts';
import { type FreshTelemetryDeps, readTelemetryAgain } from './telemetry.ts';
import { findUnfinished } from './unfinished.ts';

export interface PlanDeps
  extends FreshTelemetryDeps,
    CircumstanceDeps,
    AlertDeps,
    Omit<PreparationPorts, 'codeHost' | 'evidence'> {
  readonly codeHost: FreshTelemetryDeps['codeHost'] &
    PreparationPorts['codeHost'] &
    Pick<CodeHost, 'peopleBehind' | 'defaultBranchFile'>;
  readonly incidents: IncidentFactsDeps['incidents'] &
    AlertDeps['incidents'] &
    Pick<IncidentStore, 'getPlan' | 'putPlan' | 'recordPlan' | 'audit' | 'update'>;
  readonly evidence: IncidentFactsDeps['evidence'] & PreparationPorts['evidence'];
  readonly experience: IncidentFactsDeps['experience'];
  readonly actions: readonly ActionPlugin[];
  readonly policy: PolicyReader;
  readonly meter: Meter;
}
type GovernedPlan = PlanDeps & Governance;

interface PlanDecision {
  readonly judgement: Judgement;
  readonly exposure: Exposure | null;
  readonly listed: readonly Candidate[];
}

/**
 * Makes the plan under the policy that holds now: reads the target's current state, lists the actions that fit, lets policy decide about the best one, and seals it. The
 * model's choice replaces the best one unless it is riskier. Throws `CorruptRecord` when evidence, classification or diagnosis is missing.
 */
export async function makePlan(input: StepInput<'plan'>, given: PlanDeps): Promise<StepOutput<'plan'>> {
  const overall = await governed(given);
  const gathered = await readIncidentFacts(input.incidentId, overall);
  const deps = await governedInRepository(overall, gathered.incident.target, overall.codeHost);
  const { incident, records } = gathered;
  const unfinished = await findUnfinished(incident, records, input.tried, deps);
  if (unfinished.kind === 'continue') return continued(unfinished.action, incident, input, deps);
  const telemetry = await readTelemetryAgain(incident.target, gathered.telemetry, deps);
  const fresh = { ...gathered, telemetry };
  const [circumstances, prepared, alerts] = await Promise.all([
    gatherCircumstances(incident, telemetry, deps),
    prepareActions(fresh, deps, deps.actions),
    raisedAlerts(gathered, deps),
  ]);
  const unranked = { ...fresh, circumstances, prepared };
  const inputs = { ...unranked, ...(mayRank(unranked, deps) ? await readRanking(gathered, deps) : NOTHING_TO_RANK) };
  const {
    judgement: usual,
    exposure,
    listed,
  } = unfinished.kind === 'indeterminate'
    ? { judgement: decided(inputs, { kind: 'human', reason: unfinished.reason }, deps), exposure: null, listed: [] }
    : decideFor(inputs, input, deps);
  const judgement = withAlerts(usual, alerts);
  const held = heldPlan(exposure, judgement);
  const action = held === null ? await seal(judgement, incident, deps) : null;
  const plan = held ?? stepPlan(judgement.decision, judgement.reasons, action, input.tried, deps);
  const context = planContext(inputs, action?.actionId ?? null);
  const { policyRevision } = deps;
  const known = {
    ...knownFacts(inputs, { listed, context }, deps.configuration),
    ...(policyRevision === null ? {} : { policyRevision }),
  };
  await keep(plan, incident, { round: roundOf(input), exposure, context, known }, deps);
  await keepSummary(plan, incident, gathered.diagnosis, deps);
  if (alerts.length > 0) await (await import('./announce-alerts.ts')).announceAlerts(alerts, incident, plan, deps);
  return plan;
}

type Past = Pick<StepInput<'plan'>, 'tried' | 'held'>;

const NOTHING_TO_RANK: Ranking = { outcomes: [], started: [] };

/** Whether any action fits, or is advised: most failures are the change's own, and nothing is looked up for them. */
function mayRank(inputs: Omit<PlanInputs, keyof Ranking>, deps: PlanDeps): boolean {
  return (inputs.diagnosis.knownHere ?? []).length > 0 || candidatesFor(factsOf(inputs, deps), deps.actions).length > 0;
}

/** Number of earlier plans in this execution. */
const roundOf = ({ tried, held }: Past): number => tried.length + (held ? 1 : 0);

function decided(inputs: PlanInputs, choice: Choice, deps: GovernedPlan): Judgement {
  const judgement = withLeftOut(withHistory(judgementOf(inputs, choice, deps), inputs, deps.actions), inputs, deps);
  if (deps.denial === null || judgement.decision === 'recovered') return judgement;
  return { ...judgement, reasons: [deps.denial, ...judgement.reasons] };
}

/** Says which actions the run's host cannot take, where nothing else is done. */
function withLeftOut(judgement: Judgement, inputs: PlanInputs, deps: GovernedPlan): Judgement {
  if (judgement.decision !== 'suggest' && judgement.decision !== 'escalate') return judgement;
  const leftOut = leftOutByHost(factsOf(inputs, deps), deps.actions);
  return leftOut.length === 0 ? judgement : { ...judgement, reasons: [...judgement.reasons, ...leftOut] };
}

/** An action that does not heal may come first. If it may not be executed at once, healing does not wait for it. */
function decideFor(inputs: PlanInputs, past: Past, deps: GovernedPlan): PlanDecision {
  const by = (actions: readonly ActionPlugin[]): PlanDecision => {
    const { choice, ...rest } = choiceOf(inputs, past, { ...deps, actions });
    return { judgement: decided(inputs, choice, deps), ...rest };
  };
  const first = by(deps.actions);
  const healing = deps.actions.filter(({ yields }) => yields !== true);
  const isHealing = ({ actionId }: Candidate) => healing.some(({ id }) => id === actionId);
  if (first.judgement.decision === 'act' || first.listed.every(isHealing)) return first;
  const others = by(healing);
  return others.judgement.candidate === null ? first : others;
}

/** Chooses among the actions that were not tried yet. */
function choiceOf(
  inputs: PlanInputs,
  { tried, held }: Past,
  deps: PlanDeps,
): { choice: Choice; exposure: Exposure | null; listed: readonly Candidate[] } {
  const { incident, classification, diagnosis, outcomes } = inputs;
  const { configuration } = deps;
  const facts = factsOf(inputs, deps);
  const own = rankedFor(incident, candidatesFor(facts, deps.actions), outcomes, facts);
  const isLeft = ({ actionId }: Candidate) => !tried.includes(actionId);
  if (incident.request !== undefined) {
    const choice = requestedChoice(own.filter(isLeft), incident.request, { tried });
    return { choice, exposure: null, listed: own };
  }
  const listed = [...own, ...advisedCandidates(diagnosis.knownHere ?? [], own, facts, deps.actions)];
  const left = listed.filter(isLeft);
  const usual = chooseCandidate(left, pickAmong(left, [...listed, ...(inputs.offer?.actions ?? [])], diagnosis.choice));
  if (tried.length > 0 || held) return { choice: usual, exposure: null, listed };
  const mayHold = mayHoldBack(judgementOf(inputs, usual, deps), serviceOf(configuration, incident.target));
  const exposure = exposureFor(incident, classification, own.filter(isLeft), {
    configuration: { ...configuration, experiments: experimentsAt(inputs, deps) },
    mayHold,
  });
  // A model may still ask for a person. Otherwise the experiment's variant decides, if there is one.
  const choice = exposure === null || diagnosis.choice === HUMAN ? usual : chooseCandidate(left, exposure.label);
  return { choice, exposure, listed };
}

const factsOf = (inputs: Omit<PlanInputs, keyof Ranking>, { configuration, clock }: PlanDeps) => ({
  target: inputs.incident.target,
  telemetry: inputs.telemetry,
  classification: inputs.classification,
  configuration,
  past: inputs.records,
  prepared: inputs.prepared.found,
  circumstances: inputs.circumstances,
  requested: inputs.incident.request ?? null,
  now: clock.now(),
});

/** Deployed experiments first, then those that people started. */
function experimentsAt({ started }: PlanInputs, { configuration, clock }: PlanDeps): Configuration['experiments'] {
  return [...configuration.experiments, ...started.map((one) => experimentAt(one, clock.now()))];
}

/**
 * The model's choice, or null when it no longer applies: it was tried meanwhile, or it was offered and no longer fits. A choice that was never
 * offered is passed on untrusted.
 */
function pickAmong(
  left: readonly Candidate[],
  offered: readonly Pick<Candidate, 'label'>[],
  choice: string | null,
): string | null {
  if (left.some(({ label }) => label === choice)) return choice;
  return offered.some(({ label }) => label === choice) ? null : choice;
}

function judgementOf(inputs: PlanInputs, choice: Choice, deps: PlanDeps): Judgement {
  const { incident, telemetry, diagnosis, records, circumstances } = inputs;
  return decide({
    targetKind: incident.target.kind,
    offLimits: foreignReason(incident.target, deps.configuration.home) ?? closedReason(incident.target, telemetry),
    recovery: recoveryUnlessRequested(recoveryOf(incident.target, telemetry, records), incident.request, choice),
    mode: modeOf(deps.configuration, incident.target),
    service: serviceOf(deps.configuration, incident.target),
    policy: deps.configuration.policy,
    choice,
    // A model's confidence is one in its own choice.
    modelConfidence: diagnosis.source === 'model' && incident.request === undefined ? diagnosis.confidence : null,
    actionsSoFar: records.filter(({ state }) => state !== 'refused').length,
    circumstances,
    now: deps.clock.now(),
  });
}

/** Seals actions that may be executed; a proposal has no digest. */
async function seal(
  { decision, candidate, needsApproval }: Judgement,
  incident: Incident,
  deps: PlanDeps,
): Promise<BoundAction | null> {
  if (candidate === null || (decision !== 'act' && decision !== 'approve')) return null;
  const { id: incidentId } = incident;
  const target = decision === 'approve' ? await withPeople(incident.target, deps) : incident.target;
  const action = bindAction(candidate, {
    incidentId,
    target,
    at: deps.clock.now(),
    needsApproval,
    requestedBy: incident.request?.names,
  });
  await deps.incidents.putPlan(action);
  return action;
}

/** Adds the people behind the run, for the approval. When GitHub refuses to name them, nobody may approve. */
async function withPeople(target: TargetContext, { codeHost }: PlanDeps): Promise<TargetContext> {
  if (target.kind !== 'run') return target;
  const people = await unlessRefused(() => codeHost.peopleBehind(target.repository, target));
  return people === null ? target : { ...target, people };
}

/** For a plan that continues the action of an earlier execution. */
const NOTHING_KNOWN: PlanContext = { circumstances: null, lastTimes: null, untried: null, onlyQuarantined: null };
type PlanContext = ReturnType<typeof planContext>;

async function continued(action: BoundAction, incident: Incident, { tried }: Past, deps: PlanDeps): Promise<StepPlan> {
  const plan = stepPlan('act', ['Continues what an earlier execution began.', action.description], action, tried, deps);
  await keep(plan, incident, { round: 0, exposure: null, context: NOTHING_KNOWN, known: {} }, deps);
  return plan;
}

function stepPlan(
  decision: StepPlan['decision'],
  reasons: readonly string[],
  action: BoundAction | null,
  tried: readonly string[],
  { configuration, actions }: PlanDeps,
): StepPlan {
  const schedule = action === null ? null : actionOf(action.actionId, actions)?.schedule(configuration);
  return {
    decision,
    reasons: reasons.map(redactOutgoing),
    digest: action?.digest ?? null,
    actionId: action?.actionId ?? null,
    family: action?.family ?? null,
    verifyIntervalSeconds: schedule?.intervalSeconds ?? 1,
    isLast: tried.length + 1 >= configuration.policy.maxActionsPerIncident,
    approvalSeconds: approvalMinutesOf(configuration) * 60,
  };
}

/** Decisions after which the incident ends at once, and the summary is written with its end. */
const ENDS_NEXT: ReadonlySet<StepPlan['decision']> = new Set(['suggest', 'recovered']);

/** For lists, while it goes on. Once for each diagnosis, whatever its incident became meanwhile. */
async function keepSummary(
  { decision }: StepPlan,
  incident: Incident,
  diagnosis: Diagnosis,
  { incidents, clock }: Pick<PlanDeps, 'incidents' | 'clock'>,
): Promise<void> {
  const line = summaryLineOf(diagnosis);
  if (ENDS_NEXT.has(decision) || line === incident.summary) return;
  await incidents.update(incident.id, { summary: line }, { at: clock.now() });
}

/** Stores the plan's record and adds it to the audit trail. */

async function keep(
  plan: StepPlan,
  incident: Incident,
  made: { round: number; exposure: Exposure | null; context: PlanContext; known: Partial<AuditFacts<'plan.made'>> },
  deps: PlanDeps,
): Promise<void> {
  if (!isSimulated(incident.target)) deps.meter.count(`plan-${plan.decision}`);
  const { round, exposure, context, known } = made;
  const madeAt = deps.clock.now().toISOString();
  const { decision, actionId, digest } = plan;
  const record: PlanRecord = {
    version: 1,
    incidentId: incident.id,
    attempt: incident.attempt,
    round,
    madeAt,
    decision,
    actionId,
    digest,
    exposure: exposure === null ? null : { experimentId: exposure.experimentId, variantId: exposure.variantId },
    ...context,
  };
  await deps.incidents.recordPlan(record);
  const key = `plan#${incident.attempt}#${round}#${digest ?? decision}`;
  await deps.incidents.audit(incident.id, key, {
    at: madeAt,
    event: 'plan.made',
    facts: {
      decision,
      action: actionId,
      digest,
      round,
      ...reasonsFact(plan.reasons),
      ...known,
      ...(exposure === null ? {} : { experiment: exposure.experimentId, variant: exposure.variantId }),
    },
  });
}
