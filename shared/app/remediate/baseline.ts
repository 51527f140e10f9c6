import { preExistingOf } from '#shared/domain/failure/pre-existing.ts';
import { runsKeyOf } from '#shared/domain/incident/scope.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { StatsStore } from '#shared/ports/stats-store.ts';
import { loadIncident } from '../common/load-incident.ts';

export interface BaselineDeps {
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly evidence: Pick<EvidenceStore, 'getTelemetry'>;
  readonly stats: Pick<StatsStore, 'recentRuns'>;
}

const NOTHING: StepOutput<'baseline'> = { runs: 0, failureRate: null, preExisting: null };

/** How the workflow fared lately, this run left out, and whether the default branch fails as well. Alarms have no baseline. */
export async function baseline(input: StepInput<'baseline'>, deps: BaselineDeps): Promise<StepOutput<'baseline'>> {
  const { id, target } = await loadIncident(input.incidentId, deps.incidents);
  if (target.kind !== 'github-run') return NOTHING;
  const recent = await deps.stats.recentRuns(runsKeyOf(target));
  const others = recent.filter(({ runId }) => runId !== target.runId);
  const failures = others.filter(({ conclusion }) => conclusion !== 'success').length;
  const telemetry = await deps.evidence.getTelemetry(id);
  return {
    runs: others.length,
    failureRate: others.length === 0 ? null : failures / others.length,
    preExisting: preExistingOf(telemetry),
  };
}
