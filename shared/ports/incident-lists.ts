import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { Incident, IncidentStatus } from '#shared/domain/incident/incident.ts';

/** Conditions that every listed incident meets; an absent field restricts nothing. */
export interface IncidentQuery {
  readonly statuses?: readonly IncidentStatus[];
  /** `owner/name`, in any case; incidents of runs only. */
  readonly repository?: string;
  /** Incidents of the alarms that the configuration lists for this service now, and reports that name it. */
  readonly service?: string;
  /** Incidents that are not classified yet have none. */
  readonly failureClass?: FailureClass;
  /** Simulated incidents are listed, too; without it they are in no list and in no figure. */
  readonly simulated?: true;
  readonly openedFrom?: Date;
  /** Exclusive. */
  readonly openedBefore?: Date;
  /** Words that the incident has to have, see `isFoundBy`. They are looked for in the records themselves, so pages may be short. */
  readonly search?: string;
}

export interface IncidentPage {
  readonly incidents: readonly Incident[];
  /** Cursor of the next page; null at the end. Not null says that there may be more, also when this page is not full. */
  readonly next: string | null;
  /** Records that were found but could not be read; the others are still listed, and these do not count towards the limit. `problem` names the record and the fault. */
  readonly corrupt: readonly { readonly id: string; readonly problem: string }[];
}

export interface PageRequest {
  /** Incidents at most, 1 to `MAX_PAGE_SIZE`. */
  readonly limit: number;
  /** By the time when they were opened; those of the same millisecond by id. */
  readonly order: 'newest' | 'oldest';
  /** `next` of an earlier page of the same query and order; `limit` may differ. */
  readonly cursor?: string;
}

export const MAX_PAGE_SIZE = 100;

/** Incidents for people to look through. Lags behind the store by less than a second as a rule; what it returns is read consistently. */
export interface IncidentLists {
  /**
   * One page of the incidents that match; each has its number. Reads a bounded number of index pages, so a page may be short or empty while `next` is not null.
   * Across pages no incident is repeated, and none is skipped unless it changes meanwhile. Throws `InvalidInput` for a cursor that is
   * not ours or of another query or order, and for a limit or a time out of range.
   */
  list(query: IncidentQuery, page: PageRequest): Promise<IncidentPage>;
  /**
   * Ids that begin with this text, in any case, in alphabetical order, at most `limit`; for a number, the id of the incident that has it. Empty
   * for a text that no id begins with.
   */
  idsStartingWith(beginning: string, limit: number): Promise<string[]>;
}
