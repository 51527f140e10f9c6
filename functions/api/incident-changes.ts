import { type AcknowledgeHereDeps, acknowledgeHere } from '#shared/app/incidents/acknowledge-here.ts';
import { editIncident, type FeedbackDeps, giveFeedback } from '#shared/app/incidents/annotate-incident.ts';
import { type EndIncidentDeps, markFalsePositive, resolveIncident } from '#shared/app/incidents/end-incident.ts';
import { type HandOverDeps, handOverIncident } from '#shared/app/incidents/hand-over.ts';
import { type ReportIncidentDeps, reportIncident } from '#shared/app/incidents/report-incident.ts';
import type { IncidentChanges } from './routes/incident-changes.ts';

export interface IncidentChangePorts {
  readonly incidents: EndIncidentDeps['incidents'] &
    FeedbackDeps['incidents'] &
    HandOverDeps['incidents'] &
    ReportIncidentDeps['incidents'];
  readonly teller: HandOverDeps['teller'] & EndIncidentDeps['teller'] & AcknowledgeHereDeps['teller'];
  readonly log: EndIncidentDeps['log'];
  readonly evidence: EndIncidentDeps['evidence'] & ReportIncidentDeps['evidence'];
  readonly experience: EndIncidentDeps['experience'] & FeedbackDeps['experience'];
  readonly knowledge: EndIncidentDeps['knowledge'];
  readonly patterns: EndIncidentDeps['patterns'];
  readonly predictions: EndIncidentDeps['predictions'] & FeedbackDeps['predictions'];
  readonly healing: EndIncidentDeps['healing'];
  readonly queue: ReportIncidentDeps['queue'];
  readonly configuration: ReportIncidentDeps['configuration'];
  readonly workflow: EndIncidentDeps['workflow'];
  readonly clock: EndIncidentDeps['clock'];
  readonly meter: EndIncidentDeps['meter'];
}

/** The use cases behind the routes that change incidents. */
export function makeIncidentChanges(deps: IncidentChangePorts): IncidentChanges {
  return {
    report: (order, by) => reportIncident(order, by, deps),
    edit: (id, edit, how) => editIncident(id, edit, how, deps),
    acknowledge: (id, by) => acknowledgeHere(id, by, deps),
    handOver: (id, reason, by) => handOverIncident(id, reason, by, deps),
    resolve: (id, order, by) => resolveIncident(id, order, by, deps),
    giveFeedback: (id, order, by) => giveFeedback(id, order, by, deps),
    markFalsePositive: (id, order, by) => markFalsePositive(id, order, by, deps),
  };
}
