import { summaryLineOf } from '@selfheal/diagnosis/diagnosis/summary-line.ts';
import { Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { endedByPerson } from '#shared/domain/incident/annotations.ts';
import { fingerprintKeyOf } from '#shared/domain/incident/fingerprint-key.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { SignalQueue } from '#shared/ports/cloud.ts';
import type { IncidentLocks, Leases } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { loadIncident } from '../../ports/incident-store.ts';
import type { Counts } from '../common/counts.ts';
import { releaseIncidentLock } from '../common/incident-lock.ts';
import { releaseWaiting } from '../common/pending-signal.ts';
import { type ExperienceDeps, keepExperience } from './experience.ts';
import { type LearnDeps, learn } from './learning.ts';
import { type KeepPatternsDeps, keepPatterns } from './patterns.ts';
import { type EndPredictionDeps, endPrediction } from './prediction.ts';
import { type WatchHealingDeps, watchHealing } from './recurrence-watch.ts';
import { type RecordTestsDeps, recordTests } from './tests.ts';

export interface RecordDeps
  extends LearnDeps,
    Pick<EndPredictionDeps, 'predictions' | 'actions'>,
    RecordTestsDeps,
    Pick<ExperienceDeps, 'experience'>,
    Pick<KeepPatternsDeps, 'patterns' | 'policy'>,
    Pick<WatchHealingDeps, 'healing'> {
  readonly knowledge: LearnDeps['knowledge'] & KeepPatternsDeps['knowledge'];
  readonly evidence: LearnDeps['evidence'] & RecordTestsDeps['evidence'];
  readonly incidents: Pick<
    IncidentStore,
    'get' | 'update' | 'listActions' | 'listPlans' | 'listApprovals' | 'getPlan' | 'audit'
  >;
  readonly control: Pick<IncidentLocks, 'releaseGroup' | 'waiting' | 'dropWaiting'> & Pick<Leases, 'releaseHeldBy'>;
  readonly queue: SignalQueue;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly counts: Counts;
}

const MAX_REASON = 2000;

/**
 * Ends the incident: learns from verified results, closes the record, releases all locks and lets waiting signals in. Repeatable.
 */
export async function record(input: StepInput<'record'>, deps: RecordDeps): Promise<StepOutput<'record'>> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  // A late repeat: the incident was reopened meanwhile, and its new workflow will end it.
  if (incident.attempt !== input.attempt) return null;
  const actions = await deps.incidents.listActions(incident.id);
  if (endedByPerson(incident)) await recordBeside(incident, actions, input, deps);
  else await recordEnd(incident, actions, input, deps);
  await deps.counts.flush(true);
  return null;
}

async function recordEnd(
  incident: Incident,
  actions: readonly ActionRecord[],
  input: StepInput<'record'>,
  deps: RecordDeps,
): Promise<void> {
  const isReal = !isSimulated(incident.target);
  if (isReal) await learnFrom(incident, actions, input, deps);
  await close(incident, actions, input, deps);
  if (input.outcome === 'resolved' && isReal && incident.request === undefined)
    await watchHealing(incident, actions, deps);
  await release(incident, actions, deps);
  await deps.incidents.audit(incident.id, `recorded#${incident.attempt}`, {
    at: deps.clock.now().toISOString(),
    event: `incident.${input.outcome}`,
    facts: { attempt: incident.attempt, actions: actions.length, parent: input.parentId },
  });
}

async function learnFrom(
  incident: Incident,
  actions: readonly ActionRecord[],
  input: StepInput<'record'>,
  deps: RecordDeps,
): Promise<void> {
  await Promise.all([recordTests(incident, actions, deps), keepExperience(incident, actions, input, deps)]);
  // What somebody asked for shows whether the action helps, and nothing about a failure.
  if (incident.request !== undefined) return;
  await Promise.all([
    learn(incident, actions, input.outcome, deps),
    endPrediction(incident, actions, input, deps),
    keepPatterns(incident, actions, deps),
  ]);
}

/** A person has ended the incident meanwhile: their word stands, and what the actions showed is kept beside it. */
async function recordBeside(
  incident: Incident,
  actions: readonly ActionRecord[],
  input: StepInput<'record'>,
  deps: RecordDeps,
): Promise<void> {
  await Promise.all([recordTests(incident, actions, deps), keepExperience(incident, actions, input, deps)]);
  await release(incident, actions, deps);
}

/** Records the attempts of our own re-runs, so that their late signals are stale and do not reopen the incident. */
async function close(
  incident: Incident,
  actions: readonly ActionRecord[],
  input: StepInput<'record'>,
  deps: RecordDeps,
): Promise<void> {
  const { outcome, parentId } = input;
  const attempts = actions.map(({ receipt }) => receipt?.facts.attempt).filter((fact) => typeof fact === 'number');
  const newest = incident.target.kind === 'run' ? Math.max(incident.runAttempt, ...attempts) : 1;
  // Written conditionally and only when it rises: a signal of a later attempt may have raised it further.
  const rises = newest > incident.runAttempt;
  const closed = await deps.incidents.update(
    incident.id,
    {
      status: outcome,
      outcomeReason: redactName(input.reason, MAX_REASON),
      ...(await summaryOf(incident, outcome, deps)),
      parentId,
      ...(rises ? { runAttempt: newest } : {}),
    },
    {
      ifStatus: ['open', outcome],
      ifAttempt: incident.attempt,
      ...(rises ? { ifRunAttempt: incident.runAttempt } : {}),
      at: deps.clock.now(),
    },
  );
  if (closed === 'condition-failed') await refuseWhileOpen(incident, deps);
  if (closed === 'updated' && incident.status === 'open' && !isSimulated(incident.target)) {
    deps.meter.count(`incident-${outcome}`);
    const milliseconds = deps.clock.now().getTime() - Date.parse(incident.openedAt);
    deps.meter.time('incident-duration', milliseconds);
    deps.counts.note('incidents_total', { outcome });
    if (outcome === 'resolved' && incident.request === undefined)
      deps.counts.observe('time_to_heal_seconds', {}, milliseconds / 1000);
  }
}

/** What lists show of it, where the plan did not write it: the incident ends right after. */
async function summaryOf(
  { id, summary }: Incident,
  outcome: StepInput<'record'>['outcome'],
  { evidence }: RecordDeps,
): Promise<Pick<Incident, 'summary'>> {
  const diagnosis = outcome === 'suggested' || outcome === 'resolved' ? await evidence.getDiagnosis(id) : null;
  const line = diagnosis === null ? undefined : summaryLineOf(diagnosis);
  return line === undefined || line === summary ? {} : { summary: line };
}

async function refuseWhileOpen({ id, attempt }: Incident, deps: RecordDeps): Promise<void> {
  const current = await deps.incidents.get(id);
  if (current?.status === 'open' && current.attempt === attempt)
    throw new Retryable(`Incident ${id} changed while it was being closed; the step will retry.`);
}

async function release(incident: Incident, actions: readonly ActionRecord[], deps: RecordDeps): Promise<void> {
  await releaseIncidentLock(incident, deps.control);
  const serviceId = serviceOf(deps.configuration, incident.target)?.id ?? null;
  const key = fingerprintKeyOf(incident, incident.classification?.fingerprint ?? null, serviceId);
  if (key !== null) await releaseIncidentLock({ ...incident, intakeKey: key }, deps.control);
  const plans = await Promise.all(actions.map(({ digest }) => deps.incidents.getPlan(incident.id, digest)));
  for (const targetKey of new Set(plans.flatMap((plan) => plan?.targetKey ?? []))) {
    await deps.control.releaseHeldBy(targetKey, incident.id);
  }
  await releaseWaiting(incident, deps);
}
