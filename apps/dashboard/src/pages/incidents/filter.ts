import type { IncidentStatus } from '../../ui/words.ts';

/** Statuses that a reader looks for together. */
export const STATUS_GROUPS = {
  all: { label: 'All', statuses: [] },
  unfinished: { label: 'Open', statuses: ['open', 'suggested', 'escalated'] },
  open: { label: 'In progress', statuses: ['open'] },
  human: { label: 'With a human', statuses: ['escalated', 'suggested'] },
  healed: { label: 'Healed', statuses: ['resolved', 'healed'] },
} as const satisfies Readonly<Record<string, { label: string; statuses: readonly IncidentStatus[] }>>;

/** What the list is filtered by; kept in the address. */
export interface Filter {
  readonly show: keyof typeof STATUS_GROUPS;
  readonly repository: string;
  readonly order: 'newest' | 'oldest';
  /** Words; the server looks for them in all incidents. */
  readonly search: string;
  /** ISO 8601: opened at this time or later; empty for all. */
  readonly from: string;
}

/** The filter that an address names. What is not understood counts as not given. */
export function filterOf({
  show = '',
  repository = '',
  order = '',
  search = '',
  from = '',
}: Readonly<Record<string, string | undefined>>): Filter {
  return {
    show: Object.hasOwn(STATUS_GROUPS, show) ? (show as Filter['show']) : 'all',
    repository,
    order: order === 'oldest' ? 'oldest' : 'newest',
    search: search.slice(0, 200),
    from: Number.isNaN(Date.parse(from)) ? '' : new Date(from).toISOString(),
  };
}

/** The filter as the API's query. */
export function queryOf({ show, repository, order, search, from }: Filter) {
  const { statuses } = STATUS_GROUPS[show];
  return {
    order,
    limit: '50',
    ...(statuses.length === 0 ? {} : { status: statuses.join(',') }),
    ...(repository === '' ? {} : { repository }),
    ...(from === '' ? {} : { from }),
    ...(search.trim() === '' ? {} : { search: search.trim() }),
  };
}
