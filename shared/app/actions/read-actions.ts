import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { type ActionStats, actionStatsOf } from '#shared/domain/learning/action-stats.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { IncidentLists, IncidentQuery } from '#shared/ports/incident-lists.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { ExperienceStore } from '#shared/ports/learning-stores.ts';
import { cursorOf, positionIn } from '../common/list-cursor.ts';

/** An action that was begun, and what came of it. */
export interface PastAction {
  readonly action: string;
  readonly incident: string;
  /** The repository or the alarm that it was about. */
  readonly subject: string;
  /** Who asked for it; null: Selfheal itself chose it. */
  readonly requestedBy: string | null;
  readonly at: string;
  readonly state: ActionRecord['state'];
  readonly verified: ActionRecord['verified'];
  /** What was done, or why not. */
  readonly summary: RedactedText | null;
}

export interface PastActions {
  readonly actions: readonly PastAction[];
  /** Cursor of the next page; null at the end. */
  readonly next: string | null;
}

export interface ReadActionsDeps {
  readonly lists: Pick<IncidentLists, 'list'>;
  readonly incidents: Pick<IncidentStore, 'listActions'>;
}

/** Incidents whose actions one page reads. */
export const INCIDENTS_PER_PAGE = 25;

/**
 * What was executed, of the newest incidents first: a page holds the actions of at most 25 incidents, so it may be empty while more follow.
 */
export async function recentActions(
  filter: Pick<IncidentQuery, 'service' | 'repository'> & {
    readonly action: string | null;
    readonly cursor: string | null;
  },
  { lists, incidents: store }: ReadActionsDeps,
): Promise<PastActions> {
  const { action, cursor, ...query } = filter;
  const list = { list: 'actions', action, ...query };
  const after = positionIn(list, cursor);
  const page = { limit: INCIDENTS_PER_PAGE, order: 'newest' as const, ...(after === null ? {} : { cursor: after }) };
  const { incidents, next } = await lists.list(query, page);
  const records = await Promise.all(
    incidents.map(async (incident) => (await store.listActions(incident.id)).map((one) => pastAction(incident, one))),
  );
  const actions = records
    .flat()
    .filter((one) => action === null || one.action === action)
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  return { actions, next: cursorOf(list, next) };
}

function pastAction(incident: Incident, { actionId, intendedAt, state, verified, receipt }: ActionRecord): PastAction {
  return {
    action: actionId,
    incident: incident.id,
    subject: subjectOf(incident),
    requestedBy: incident.request?.by ?? null,
    at: intendedAt,
    state,
    verified,
    summary: receipt?.summary ?? null,
  };
}

function subjectOf({ target }: Incident): string {
  switch (target.kind) {
    case 'run':
      return target.repository;
    case 'alarm':
      return alarmNameOf(target);
    case 'alert':
      return target.service ?? `alert of ${target.connection}`;
    case 'report':
      return target.service ?? target.repository ?? 'report';
    case 'storm':
      return 'storm';
    default:
      return target satisfies never;
  }
}

/** Outcomes of each class of failure that figures are computed from, newest first. */
export const OUTCOMES_PER_CLASS = 500;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Figures of actions by their outcomes in these days. */
export async function readActionStats(
  { action, days }: { readonly action: string | null; readonly days: number },
  { experience, clock }: { readonly experience: Pick<ExperienceStore, 'actionOutcomes'>; readonly clock: Clock },
): Promise<ActionStats[]> {
  const from = new Date(clock.now().getTime() - days * DAY_MS).toISOString();
  const all = await Promise.all(FailureClass.options.map((one) => experience.actionOutcomes(one, OUTCOMES_PER_CLASS)));
  const counted = all.flat().filter(({ at, actionId }) => at >= from && (action === null || actionId === action));
  return actionStatsOf(counted);
}
