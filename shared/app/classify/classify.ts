import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import type { FailureModel } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { endedByPerson } from '#shared/domain/incident/annotations.ts';
import { fingerprintKeyOf } from '#shared/domain/incident/fingerprint-key.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { isAboutService } from '#shared/domain/incident/scope.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { IncidentLocks } from '#shared/ports/control-store.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { loadIncident } from '../../ports/incident-store.ts';
import { acquireIncidentLock } from '../common/incident-lock.ts';
import { type HistoryDeps, readHistory } from './history.ts';
import { keepPrediction, type PredictionDeps } from './prediction.ts';
import { noteRecurrence, type RecurrenceDeps } from './recurrence.ts';

export interface ClassifyDeps extends PredictionDeps, HistoryDeps, RecurrenceDeps {
  readonly predictions: PredictionDeps['predictions'] & RecurrenceDeps['predictions'];
  readonly incidents: Pick<IncidentStore, 'get' | 'update' | 'audit'>;
  readonly control: Pick<IncidentLocks, 'claimGroup' | 'releaseGroup'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'getTelemetry'>;
  readonly signatures: SignatureSet;
  /** The linear model in production; without one only the signatures decide. */
  readonly model: () => Promise<FailureModel | undefined>;
  readonly configuration: Configuration;
}

/** Output for incidents that end at this step: they are not classified. */
const ENDS_HERE = { class: null, verdict: null, confidence: null, duplicateOf: null };

/**
 * Classifies the evidence, stores the result on the incident and as a prediction, and looks for an open incident with the same failure.
 * Decides whether the workflow continues.
 */
export async function classifyIncident(
  input: StepInput<'classify'>,
  deps: ClassifyDeps,
): Promise<StepOutput<'classify'>> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  const { status } = incident;
  if (status === 'resolved' && incident.target.kind === 'alert' && !endedByPerson(incident)) {
    return { ...ENDS_HERE, next: 'announce', status, reason: incident.outcomeReason ?? '' };
  }
  if (status !== 'open') {
    return { ...ENDS_HERE, next: 'stop', status, reason: 'The incident was closed before its workflow began.' };
  }
  if (incident.target.kind === 'storm') {
    const reason =
      incident.target.of === 'foreign-alarms'
        ? 'More alarms of other accounts and regions went off in this hour than become incidents; this one counts the rest. Nothing here may act on them.'
        : 'Many failures began within one minute; they are handled as one incident.';
    return { ...ENDS_HERE, next: 'escalate', status, reason };
  }
  const [evidence, telemetry, model] = await Promise.all([
    deps.evidence.getEvidence(incident.id),
    deps.evidence.getTelemetry(incident.id),
    deps.model(),
  ]);
  if (evidence === null) throw new CorruptRecord(`Incident ${incident.id} has no evidence to classify.`);
  const { classification } = readFailure(evidence, {
    signatures: deps.signatures,
    model,
    about: isAboutService(incident.target) ? 'service' : 'run',
    ...(await readHistory(incident.target, evidence, telemetry, deps)),
  });
  await deps.incidents.update(incident.id, { classification }, { at: deps.clock.now() });
  // A rehearsal neither joins a real incident nor holds its lock, and is no prediction. What somebody asked for is no new failure.
  const isReal = !isSimulated(incident.target) && incident.request === undefined;
  const [duplicateOf] = isReal
    ? await Promise.all([
        parentOf(incident, classification, deps),
        keepPrediction(incident, classification, model?.id, deps),
      ])
    : [null];
  // A duplicate of an open incident does not count as a recurrence.
  if (isReal && duplicateOf === null) await noteRecurrence(incident, classification, telemetry, deps);
  const { class: failureClass, verdict, confidence } = classification;
  const classified = { status, class: failureClass, verdict, confidence, duplicateOf };
  return duplicateOf === null
    ? { ...classified, next: 'continue', reason: '' }
    : { ...classified, next: 'link', reason: `The same failure as the open incident ${duplicateOf}.` };
}

/** The open incident with the same failure, or null. */
async function parentOf(
  incident: Incident,
  classification: Classification,
  deps: ClassifyDeps,
): Promise<string | null> {
  const serviceId = serviceOf(deps.configuration, incident.target)?.id ?? null;
  const key = fingerprintKeyOf(incident, classification.fingerprint, serviceId);
  if (key === null) return null;
  const owner = await acquireIncidentLock({ intakeKey: key, incidentId: incident.id }, incident.attempt, deps);
  return owner?.id ?? null;
}
