import type { InferResponseType } from 'hono/client';
import type { api } from './client.ts';

type Incidents = typeof api.incidents;
type OneIncident = Incidents[':id'];

/** A line of a list of incidents. */
export type IncidentSummary = InferResponseType<Incidents['$get'], 200>['incidents'][number];
/** One incident: what failed and why, what was done, how it ended. */
export type IncidentDetails = InferResponseType<OneIncident['$get'], 200>;
/** Where its workflow is, its logs, what could be done, and what it resembles. */
export type IncidentStory = InferResponseType<OneIncident['story']['$get'], 200>;
/** Its audit trail, described for people. */
export type IncidentAccount = InferResponseType<OneIncident['timeline']['$get'], 200>;
/** A draft of its post-mortem. */
export type Postmortem = Extract<InferResponseType<OneIncident['postmortem']['$get'], 200>, { markdown: string }>;
export type Overview = InferResponseType<typeof api.overview.$get, 200>;
/** A plan that waits, or waited, for a person. */
export type ApprovalDetails = InferResponseType<(typeof api.approvals)[':incidentId'][':digest']['$get'], 200>;
/** The plans that wait. */
export type ListedApprovals = InferResponseType<(typeof api.approvals)['$get'], 200>;
