import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { REPORT_STATEMENT } from '@selfheal/log-reading/logs/evidence.ts';
import type { ReportFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ReportTarget } from '#shared/domain/incident/target-context.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import { type AlarmGatherDeps, readServiceLog } from './alarm.ts';
import { makeExcerpts } from './excerpts.ts';
import { makePartReader } from './part.ts';
import type { GatheredFacts } from './run.ts';

export interface ReportGatherDeps
  extends Pick<AlarmGatherDeps, 'serviceLogs' | 'deployments' | 'lineRules' | 'configuration' | 'clock' | 'log'> {
  readonly evidence: Pick<EvidenceStore, 'getReport'>;
}

/** What was reported, and what is known about the service it names: its deployment, and its log around the report. */
export async function gatherReport(
  { id: incidentId, tainted: { title }, request }: Pick<Incident, 'id' | 'tainted' | 'request'>,
  target: ReportTarget,
  acceptGaps: boolean,
  deps: ReportGatherDeps,
): Promise<GatheredFacts<ReportFacts>> {
  const notes: RedactedText[] = [];
  const part = makePartReader({ ...deps, acceptGaps, notes });
  const report = await deps.evidence.getReport(incidentId);
  const service = serviceOf(deps.configuration, target);
  const deployment = service?.deployment ?? null;
  const deployed =
    deployment === null
      ? null
      : await part(phrase`deployment of the service`, () => deps.deployments.read(deployment), null);
  const excerpts = makeExcerpts(3, deps.lineRules);
  const reporter = phrase`Report by ${redactName(target.reportedBy, 200)}`;
  // Whoever asks for an action reports nothing.
  if (report === null && request === undefined) notes.push(phrase`The report can no longer be read.`);
  const told = `${title}\n${report?.description ?? ''}`.trim();
  if (told !== '') excerpts.open({ id: REPORT_STATEMENT, name: reporter, url: null }).push(`${told}\n`);
  // A report may have no log at all.
  const lines = (report?.lines ?? []).join('\n');
  if (lines.trim() !== '')
    excerpts.open({ id: 'report-log', name: phrase`Log in the report`, url: null }).push(`${lines}\n`);
  if (service !== null) await readServiceLog(service, target.reportedAt, excerpts, { notes, part, deps });
  else if (target.service !== null)
    notes.push(phrase`The configuration has no service ${redactName(target.service, 100)}: its log was not read.`);
  const { sources, notes: cuts } = excerpts.finish();
  return {
    facts: { kind: 'report', serviceId: service?.id ?? null, deployment: deployed },
    sources,
    notes: [...notes, ...cuts],
  };
}
