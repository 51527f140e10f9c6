import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { Retryable } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { redact, redactName, redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { modeOf } from '#shared/domain/configuration/scope.ts';
import { MAX_REPORT_LINES } from '#shared/domain/incident/annotations.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { openIncident } from '#shared/domain/incident/open-incident.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { ReportTarget } from '#shared/domain/incident/target-context.ts';
import type { SignalQueue } from '#shared/ports/cloud.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

export interface ReportIncidentDeps {
  readonly incidents: Pick<IncidentStore, 'create' | 'get' | 'audit'>;
  readonly evidence: Pick<EvidenceStore, 'putReport'>;
  readonly queue: SignalQueue;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

/** What somebody reports. Texts are raw. */
export interface ReportOrder extends Pick<ReportTarget, 'service' | 'repository' | 'severity' | 'simulated' | 'job'> {
  readonly title: string;
  readonly description: string;
  readonly lines: readonly string[];
  /** The same for every try of one report; another one for everything else. */
  readonly requestId: string;
}

export type ReportOutcome =
  | { readonly kind: 'opened'; readonly incident: Incident }
  | { readonly kind: 'refused'; readonly reason: string };

const MAX_DESCRIPTION = 8000;
const MAX_LINE = 4000;
const MAX_TITLE = 300;
const MAX_REASON = 2000;

/**
 * Opens an incident that a person or a program reports, and sends it through the intake queue to the same workflow as every signal. A repeat
 * with the same key opens nothing twice, and sends again what may have been lost. Text is redacted as a whole before it is cut or kept.
 * `by` is who reports, as the API authenticated them.
 */
export async function reportIncident(order: ReportOrder, by: string, deps: ReportIncidentDeps): Promise<ReportOutcome> {
  const now = deps.clock.now();
  const { service, repository, severity, simulated, job } = order;
  const reportId = digestOf(canonicalJson(['report', order.requestId, simulated]), 32);
  const target: ReportTarget = {
    kind: 'report',
    reportId,
    service,
    repository,
    severity,
    reportedBy: by,
    reportedAt: now.toISOString(),
    simulated,
    ...present({ job }),
  };
  if (modeOf(deps.configuration, target) === 'off')
    return {
      kind: 'refused',
      reason: `The mode of ${repository ?? service} is off: Selfheal accepts no reports about it.`,
    };
  const signal = signalOf(order, target);
  const ids = identify(signal);
  await putReport(ids.incidentId, order, deps);
  await deps.incidents.create(openIncident(signal, ids, now));
  const incident = await deps.incidents.get(ids.incidentId);
  if (incident === null) throw new Retryable(`Incident ${ids.incidentId} was just created and cannot be read yet.`);
  await deps.incidents.audit(incident.id, `reported#${reportId}`, {
    at: incident.openedAt,
    event: 'incident.reported',
    facts: { by, severity, service, repository, simulated },
  });
  await deps.queue.send({ ...signal, target: incident.target, occurredAt: incident.openedAt });
  return { kind: 'opened', incident };
}

function signalOf({ title, description }: ReportOrder, target: ReportTarget): Signal {
  return {
    version: 1,
    deliveryId: `report#${target.reportId}`,
    source: 'report',
    kind: 'reported',
    occurredAt: target.reportedAt,
    target,
    tainted: {
      title: redactName(title, MAX_TITLE),
      branch: null,
      branchKey: null,
      reason: description === '' ? null : redactOutgoing(description).slice(0, MAX_REASON),
    },
  };
}

/** A key may span lines, so they are redacted together. */
async function putReport(
  incidentId: string,
  { description, lines }: ReportOrder,
  { evidence }: ReportIncidentDeps,
): Promise<void> {
  const text = redact(lines.join('\n')).text;
  await evidence.putReport({
    version: 1,
    incidentId,
    description: redact(description).text.slice(0, MAX_DESCRIPTION),
    lines:
      text === ''
        ? []
        : text
            .split('\n')
            .slice(0, MAX_REPORT_LINES)
            .map((line) => line.slice(0, MAX_LINE)),
  });
}
