import type { Classification } from '@selfheal/kernel/failure-class.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { experimentFor } from '#shared/domain/experiment/experiment.ts';
import { type Exposure, exposureOf } from '#shared/domain/experiment/exposure.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Candidate } from '#shared/domain/plan/candidates.ts';
import type { Judgement } from '#shared/domain/policy/decide.ts';
import type { StepPlan } from '#shared/domain/workflow/steps.ts';

/** How the running experiment, if one applies, changes an incident's candidates. */
export function exposureFor(
  { id, target }: Pick<Incident, 'id' | 'target'>,
  classification: Classification,
  candidates: readonly Candidate[],
  { configuration, mayHold }: { readonly configuration: Configuration; readonly mayHold: boolean },
): Exposure | null {
  const subject = {
    class: classification.class,
    repository: target.kind === 'run' ? target.repository : null,
    service: serviceOf(configuration, target)?.id ?? null,
  };
  const experiment = experimentFor(subject, configuration.experiments);
  return experiment === null ? null : exposureOf(experiment, candidates, { incidentId: id, mayHold });
}

/**
 * The plan of a held incident: wait, then check again. Null when the exposure is not a hold, or when nothing would be done anyway. It has a
 * reason, so that people understand why nothing happens.
 */
export function heldPlan(exposure: Exposure | null, { decision, candidate }: Judgement): StepPlan | null {
  if (exposure === null || exposure.holdMinutes === null || decision !== 'act' || candidate === null) return null;
  const { experimentId, holdMinutes } = exposure;
  return {
    decision: 'hold',
    reasons: [
      redactOutgoing(
        `The experiment ${experimentId} waits ${holdMinutes} minutes with a few failures, to learn which recover by themselves.`,
      ),
      redactOutgoing(`If it has not recovered by then, Selfheal acts as usual: ${candidate.description}`),
    ],
    digest: null,
    actionId: null,
    family: null,
    verifyIntervalSeconds: holdMinutes * 60,
    isLast: false,
    approvalSeconds: 1,
  };
}
