import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { shownBy } from '#shared/domain/answers/judgement.ts';
import type { Spending } from '#shared/domain/answers/prediction.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { StepInput } from '#shared/domain/workflow/steps.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { PredictionStore } from '#shared/ports/learning-stores.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';

export interface EndPredictionDeps {
  readonly evidence: Pick<EvidenceStore, 'getDiagnosis'>;
  readonly predictions: Pick<PredictionStore, 'endPrediction'>;
  readonly actions: readonly ActionPlugin[];
  readonly clock: Clock;
  readonly meter: Meter;
}

/**
 * Adds the outcome to the prediction, once. Unknown outcomes stay unknown and do not count as right. If this cannot be written, it is counted
 * and the incident is closed anyway.
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
  const diagnosis = await deps.evidence.getDiagnosis(incident.id);
  await deps.predictions.endPrediction(
    { incidentId: incident.id, attempt: incident.attempt, openedAt: incident.openedAt },
    {
      at: deps.clock.now().toISOString(),
      status: outcome,
      ...shownBy(actions, (id) => actionOf(id, deps.actions)?.provesCause),
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
