import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { StormTarget, TargetContext } from '#shared/domain/incident/target-context.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { loadIncident } from '../../ports/incident-store.ts';
import type { AlarmGatherDeps } from './alarm.ts';
import type { AlertGatherDeps } from './alert.ts';
import { type ChangesBeforeDeps, changesBefore } from './changes-before.ts';
import type { ReportGatherDeps } from './report.ts';
import type { GatheredFacts, RunGatherDeps } from './run.ts';

export interface GatherDeps
  extends AlarmGatherDeps,
    AlertGatherDeps,
    RunGatherDeps,
    ReportGatherDeps,
    ChangesBeforeDeps {
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly evidence: ReportGatherDeps['evidence'] & Pick<EvidenceStore, 'putEvidence' | 'putTelemetry'>;
}

/**
 * Gathers the evidence of an incident: stores a redacted excerpt and the telemetry. Permanent refusals become notes. A transient failure is
 * thrown as `Retryable`; with `acceptGaps` it becomes a note too, except for the read that says whether the target is still broken. A storm
 * has no evidence of its own, and a closed incident needs none.
 */
export async function gather(input: StepInput<'gather'>, deps: GatherDeps): Promise<StepOutput<'gather'>> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  const { target } = incident;
  if (target.kind === 'storm' || incident.status !== 'open') return { lines: 0, sources: 0, notes: [] };
  const found = await gatherFrom(target, incident, input.acceptGaps, deps);
  const changes = await changesBefore(incident, found.sources, deps);
  const at = deps.clock.now().toISOString();
  const notes = found.notes.map((note) => note.slice(0, 300)).slice(0, 20);
  await deps.evidence.putEvidence({
    version: 1,
    incidentId: incident.id,
    gatheredAt: at,
    sources: found.sources,
    ...((found.failedJobs ?? 0) > found.sources.length ? { failedJobs: found.failedJobs } : {}),
    ...(found.failedTests === undefined || found.failedTests.length === 0 ? {} : { failedTests: found.failedTests }),
    ...(found.found === undefined || found.found.length === 0 ? {} : { found: found.found.slice(0, 20) }),
    ...(changes.length === 0 ? {} : { changes: [...changes] }),
    notes,
  });
  await deps.evidence.putTelemetry(incident.id, { version: 1, readAt: at, facts: found.facts });
  return {
    lines: found.sources.reduce((sum, source) => sum + source.lines.length, 0),
    sources: found.sources.length,
    notes,
  };
}

/** Loads the code of this kind of target alone. */
async function gatherFrom(
  target: Exclude<TargetContext, StormTarget>,
  incident: Incident,
  acceptGaps: boolean,
  deps: GatherDeps,
): Promise<GatheredFacts<Telemetry['facts']>> {
  switch (target.kind) {
    case 'run':
      return await (await import('./run.ts')).gatherRun(target, acceptGaps, deps);
    case 'alarm':
      return await (await import('./alarm.ts')).gatherAlarm(target, incident.tainted, acceptGaps, deps);
    case 'alert':
      return await (await import('./alert.ts')).gatherAlert(target, incident.tainted, acceptGaps, deps);
    case 'report':
      return await (await import('./report.ts')).gatherReport(incident, target, acceptGaps, deps);
    default:
      return target satisfies never;
  }
}
