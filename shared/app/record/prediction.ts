import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { shownBy } from '#shared/domain/quality/judgement.ts';
import type { Spending } from '#shared/domain/quality/prediction.ts';
import type { StepInput } from '#shared/domain/workflow/steps.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { PredictionStore } from '#shared/ports/prediction-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { inconclusiveIn } from './experience.ts';

export interface EndPredictionDeps {
  readonly incidents: Pick<IncidentStore, 'listAudit'>;
  readonly evidence: Pick<EvidenceStore, 'getDiagnosis'>;
  readonly predictions: Pick<PredictionStore, 'endPrediction'>;
  readonly clock: Clock;
  readonly meter: Meter;
}

/**
 * Writes beside what was predicted what came out, once. What nothing showed stays unknown: it is not counted as right. An incident is
 * closed also when this cannot be written; that is counted.
 */
export async function endPrediction(
  incident: Incident,
  actions: readonly ActionRecord[],
  input: StepInput<'record'>,
  deps: EndPredictionDeps,
): Promise<void> {
  try {
    await writeEnding(incident, actions, input, deps);
  } catch {
    deps.meter.count('outcome-lost');
  }
}

async function writeEnding(
  incident: Incident,
  actions: readonly ActionRecord[],
  { outcome }: StepInput<'record'>,
  deps: EndPredictionDeps,
): Promise<void> {
  const verified = actions.some((action) => action.verified !== null);
  const inconclusive = verified ? inconclusiveIn(await deps.incidents.listAudit(incident.id)) : new Set<string>();
  const diagnosis = await deps.evidence.getDiagnosis(incident.id);
  await deps.predictions.endPrediction(
    { incidentId: incident.id, attempt: incident.attempt, openedAt: incident.openedAt },
    {
      at: deps.clock.now().toISOString(),
      status: outcome,
      ...shownBy(actions, inconclusive),
      spending: spendingOf(diagnosis),
    },
  );
}

function spendingOf(diagnosis: Diagnosis | null): Spending | null {
  if (diagnosis?.model === undefined) return null;
  const {
    provider,
    modelId,
    prompt = null,
    turns,
    inputTokens,
    cachedInputTokens,
    outputTokens,
    microdollars,
  } = diagnosis.model;
  return { provider, modelId, prompt, turns, inputTokens, cachedInputTokens, outputTokens, microdollars };
}
