import { modelSettingsOf } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { offerOf } from '#shared/domain/plan/candidates.ts';
import type { StepInput } from '#shared/domain/workflow/steps.ts';
import type { ActionPlugin, PreparationPorts } from '#shared/plugins/actions/contract.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { loadIncident } from '../../ports/incident-store.ts';
import { candidatesFor } from './context.ts';
import { prepareActions } from './prepare.ts';

export interface OfferDeps extends Omit<PreparationPorts, 'evidence'> {
  readonly incidents: Pick<IncidentStore, 'get' | 'listActions'>;
  readonly evidence: PreparationPorts['evidence'] & Pick<EvidenceStore, 'getTelemetry' | 'putOffer'>;
  readonly actions: readonly ActionPlugin[];
  readonly meter: Meter;
}

/**
 * Lists the possible actions for an incident and stores them for the model: with the draft fix of a recipe, the revert, and earlier attempts.
 * Does nothing when no model is configured. The diagnosis does not depend on the list: a read that fails for now or is refused is counted, and
 * the model then has nothing to choose from. Any other error is thrown.
 *
 * The plan prepares its actions again and uses nothing from here. Meanwhile the model may suggest a change, the branch may move, and other
 * incidents may use up the daily limit. An outdated proposal would be stopped right before its effect, in place of an action that helps.
 */
export async function offerActions({ incidentId }: StepInput<'knowledge'>, deps: OfferDeps): Promise<void> {
  if (modelSettingsOf(deps.configuration) === null) return;
  try {
    await listAndKeep(incidentId, deps);
  } catch (error) {
    if (!(error instanceof Retryable || error instanceof Refused)) throw error;
    deps.meter.count('offer-failed');
  }
}

async function listAndKeep(incidentId: string, deps: OfferDeps): Promise<void> {
  const [incident, telemetry, records] = await Promise.all([
    loadIncident(incidentId, deps.incidents),
    deps.evidence.getTelemetry(incidentId),
    deps.incidents.listActions(incidentId),
  ]);
  const { target, classification } = incident;
  if (telemetry === null || classification === null) return;
  const { configuration, clock, actions } = deps;
  const known = { incident, classification, diagnosis: null, telemetry, records };
  const { found: prepared } = await prepareActions(known, deps, actions);
  const facts = { target, telemetry, classification, configuration, past: records, prepared, now: clock.now() };
  await deps.evidence.putOffer(offerOf(incidentId, candidatesFor(facts, actions), clock.now()));
}
