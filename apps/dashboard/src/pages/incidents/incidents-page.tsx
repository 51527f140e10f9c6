import { useNavigate, useSearch } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { IncidentSummary } from '../../api/answers.ts';
import { api, contentOf } from '../../api/client.ts';
import { useLivePages } from '../../api/live.ts';
import { Button } from '../../ui/button.tsx';
import { useListKeys } from '../../ui/keys.ts';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { clockTime } from '../../ui/time.tsx';
import { type Filter, filterOf, queryOf, STATUS_GROUPS } from './filter.ts';
import { IncidentRow, RowsLoading } from './incident-row.tsx';
import './incidents.css';

const ORDERS = [
  ['newest', 'Newest first'],
  ['oldest', 'Oldest first'],
] as const;

/** Milliseconds without a key before the server is asked. */
const TYPING_PAUSE = 300;
/** So many rows are all kept in the page. */
const MAX_WHOLE = 200;
/** Of a row in a wide window, in pixels. The higher rows of a narrow one stay within what is kept beyond the window. */
const ROW_HEIGHT = 59;

/** All incidents, live; what is filtered lies in the address, so that a reload and a link show the same. */
export default function IncidentsPage() {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const filter = filterOf(search);
  const navigate = useNavigate();
  const [words, setWords] = useState(filter.search);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const change = (next: Partial<Filter>) =>
    void navigate({ to: '/incidents', search: { ...filter, ...next } as never, replace: true });
  useEffect(() => {
    // The address is changed when the reader pauses.
    const timer = setTimeout(() => words.trim() === filter.search || change({ search: words.trim() }), TYPING_PAUSE);
    return () => clearTimeout(timer);
  });
  const query = queryOf(filter);
  const pages = useLivePages(['incidents', 'pages', query], async (cursor) =>
    contentOf(await api.incidents.$get({ query: { ...query, ...(cursor === '' ? {} : { cursor }) } })),
  );
  const loaded = pages.data?.pages.flatMap(({ incidents }) => incidents) ?? [];
  const once = [...new Map(loaded.map((each) => [each.id, each])).values()];
  const shown = once;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  // A page of a search may be empty while older incidents are still to be looked at.
  const isLooking = shown.length === 0 && hasNextPage;
  useEffect(() => {
    if (isLooking && !isFetchingNextPage) void fetchNextPage();
  }, [isLooking, isFetchingNextPage, fetchNextPage]);
  const unreadable = pages.data?.pages.flatMap((page) => page.unreadable) ?? [];
  useListKeys(list, field);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Incidents</h1>
        <span className="end">
          <fieldset className="groups" aria-label="Order">
            {ORDERS.map(([order, label]) => (
              <button key={order} type="button" aria-pressed={filter.order === order} onClick={() => change({ order })}>
                {label}
              </button>
            ))}
          </fieldset>
        </span>
      </div>
      <div className="filters">
        <fieldset className="groups" aria-label="Status">
          {Object.entries(STATUS_GROUPS).map(([group, { label }]) => (
            <button
              key={group}
              type="button"
              aria-pressed={filter.show === group}
              onClick={() => change({ show: group as Filter['show'] })}
            >
              {label}
            </button>
          ))}
        </fieldset>
        <div className="search">
          <input
            ref={field}
            className="input"
            type="search"
            aria-label="Search incidents"
            placeholder="Search all incidents"
            value={words}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          />
          <kbd>/</kbd>
        </div>
        <input
          className="input repository"
          aria-label="Repository"
          placeholder="Repository, such as acme/shop"
          defaultValue={filter.repository}
          key={filter.repository}
          onBlur={(event) => change({ repository: event.target.value.trim() })}
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        />
      </div>
      {filter.from === '' ? null : (
        <p className="soft since">
          Opened since {clockTime(filter.from)}.{' '}
          <Button onClick={() => change({ from: '' })}>Show older ones, too</Button>
        </p>
      )}
      {pages.error !== null && pages.data === undefined ? (
        <ErrorState error={pages.error} retry={() => void pages.refetch()} />
      ) : (
        <div className="card">
          {pages.data === undefined ? <RowsLoading /> : null}
          {shown.length > MAX_WHOLE ? (
            <LongList list={list} incidents={shown} isBusy={pages.isFetching} />
          ) : (
            <ol ref={list} className="rows" aria-label="Incidents" aria-busy={pages.isFetching}>
              {shown.map((incident) => (
                <IncidentRow key={incident.id} incident={incident} />
              ))}
            </ol>
          )}
          {isLooking ? <RowsLoading /> : null}
          {pages.data !== undefined && shown.length === 0 && !isLooking ? <Nothing filter={filter} /> : null}
        </div>
      )}
      {unreadable.length === 0 ? null : (
        <p className="refusal unreadable">
          {unreadable.length} more could not be read:{' '}
          {unreadable.map(({ id, problem }) => `${id} (${problem})`).join('; ')}
        </p>
      )}
      {pages.hasNextPage ? (
        <p className="more">
          <Button onClick={() => void pages.fetchNextPage()} disabled={pages.isFetchingNextPage}>
            {pages.isFetchingNextPage ? 'Loading …' : 'Load more'}
          </Button>
        </p>
      ) : null}
    </div>
  );
}

interface LongListProps {
  readonly list: React.RefObject<HTMLOListElement | null>;
  readonly incidents: readonly IncidentSummary[];
  readonly isBusy: boolean;
}

/** Only the rows near the window are in the page; the space of the others is kept above and below them. */
function LongList({ list, incidents, isBusy }: LongListProps) {
  const virtual = useWindowVirtualizer({
    count: incidents.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 20,
    scrollMargin: list.current?.offsetTop ?? 0,
  });
  const rows = virtual.getVirtualItems();
  const { scrollMargin } = virtual.options;
  const above = (rows[0]?.start ?? scrollMargin) - scrollMargin;
  const below = virtual.getTotalSize() - ((rows.at(-1)?.end ?? scrollMargin) - scrollMargin);
  return (
    <ol
      ref={list}
      className="rows"
      aria-label="Incidents"
      aria-busy={isBusy}
      style={{ paddingTop: above, paddingBottom: below }}
    >
      {rows.map(({ index }) => {
        const incident = incidents[index];
        return incident === undefined ? null : (
          <IncidentRow key={incident.id} incident={incident} position={index + 1} total={incidents.length} />
        );
      })}
    </ol>
  );
}

function Nothing({ filter }: { readonly filter: Filter }) {
  if (filter.search !== '')
    return (
      <EmptyState icon="search" title="No incident matches">
        No incident has all the words of “{filter.search}”{filter.show === 'all' ? '' : ' and this status'}.
      </EmptyState>
    );
  if (filter.show !== 'all' || filter.repository !== '' || filter.from !== '')
    return (
      <EmptyState icon="list" title="No incident matches">
        {filter.show === 'open' ? 'Nothing is broken at the moment. ' : ''}Choose “All” to see every incident.
      </EmptyState>
    );
  return (
    <EmptyState icon="pulse" title="No incidents yet">
      A failed workflow run or an alarm appears here within seconds.
    </EmptyState>
  );
}
