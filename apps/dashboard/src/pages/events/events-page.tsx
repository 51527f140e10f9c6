import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useRef, useState } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { Button } from '../../ui/button.tsx';
import { useListKeys } from '../../ui/keys.ts';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Ago } from '../../ui/time.tsx';
import { RowsLoading } from '../incidents/incident-row.tsx';
import '../incidents/incidents.css';
import '../../ui/form.css';
import './events.css';

type ReceivedEvent = Awaited<ReturnType<typeof readEvents>>['events'][number];

/** The body of an alert that its source did not understand, or left aside. */
const MAPPABLE = /^(?:not-understood|ignored-\S+) [[{]/;

const DAYS = ['1', '7', '30'] as const;
const readEvents = async (search: string, days: string) =>
  contentOf(await api.events.$get({ query: { ...(search === '' ? {} : { search }), days, limit: '100' } }));

/** What came in and opened no incident, with the rule that kept it out: one search says why an alarm was ignored. */
export default function EventsPage() {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const navigate = useNavigate();
  const [words, setWords] = useState(search.search ?? '');
  const wanted = useDeferredValue(words.trim().slice(0, 200));
  const days = DAYS.find((one) => one === search.days) ?? '7';
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLOListElement>(null);
  useListKeys(list, field);
  const events = useLive(['events', wanted, days], () => readEvents(wanted, days));
  const shown = events.data?.events ?? [];
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Events</h1>
          <p className="soft">What came in and opened no incident, and why. Kept for 30 days.</p>
        </div>
        <span className="end">
          <Link to="/events/mapping" className="button">
            Make a mapping
          </Link>
        </span>
      </div>
      <div className="filters">
        <div className="search">
          <input
            ref={field}
            className="input"
            type="search"
            aria-label="Search these events"
            placeholder="An alarm, a service, a connection"
            value={words}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          />
          <kbd>/</kbd>
        </div>
        <div className="field">
          <label htmlFor="days" className="visually-hidden">
            Days
          </label>
          <select
            id="days"
            className="input"
            value={days}
            onChange={(event) =>
              void navigate({ to: '/events', search: { days: event.target.value } as never, replace: true })
            }
          >
            <option value="1">Last day</option>
            <option value="7">Last 7 days</option>
            <option value="30">Last 30 days</option>
          </select>
        </div>
      </div>
      {events.error !== null && events.data === undefined ? (
        <ErrorState error={events.error} retry={() => void events.refetch()} />
      ) : (
        <div className="card">
          {events.data === undefined ? <RowsLoading /> : null}
          <ol ref={list} className="rows" aria-label="Events">
            {shown.map((event) => (
              <li key={event.id}>
                <Row event={event} />
              </li>
            ))}
          </ol>
          {events.data !== undefined && shown.length === 0 ? (
            <EmptyState icon="check" title="Nothing was left aside">
              {wanted === '' ? 'Everything that came in opened an incident.' : 'No event of that time has these words.'}
            </EmptyState>
          ) : null}
        </div>
      )}
      {events.data?.more === true ? <p className="soft">There are more: narrow the search.</p> : null}
    </div>
  );
}

function Row({ event }: { readonly event: ReceivedEvent }) {
  const { source, connection, subject, why, count, lastAt, firstAt, sample, rule } = event;
  const sender = connection === null ? source : `${source}/${connection}`;
  return (
    <details className="event">
      <summary className="row">
        <span className="chip" title={sender}>
          {sender}
        </span>
        <span className="row-words">
          <strong className="cut row-title">{subject}</strong>
          <span className="row-reason cut soft">{why}</span>
        </span>
        <span className="chip number">{count === 1 ? 'once' : `${numberText(count)} times`}</span>
        <span className="row-time soft">
          <Ago at={lastAt} />
        </span>
      </summary>
      <div className="event-body">
        <p className="soft">
          Rule <code>{rule}</code>; first <Ago at={firstAt} />
        </p>
        {sample === null ? null : <pre className="event-sample">{sample}</pre>}
        {event.replayable ? <Replay id={event.id} /> : null}
        {MAPPABLE.test(`${rule} ${sample}`) ? (
          <p>
            <Link to="/events/mapping" search={{ event: event.id } as never}>
              Make a mapping of this body
            </Link>
          </p>
        ) : null}
      </div>
    </details>
  );
}

function Replay({ id }: { readonly id: string }) {
  const [said, setSaid] = useState<string | null>(null);
  const replay = async () => {
    try {
      await contentOf(await api.events[':id'].replay.$post({ param: { id } }));
      setSaid('It is on the intake queue again.');
    } catch (error) {
      setSaid(error instanceof Error ? error.message : 'It could not be replayed.');
    }
  };
  return (
    <p>
      <Button onClick={() => void replay()}>Replay</Button> <span aria-live="polite">{said}</span>
    </p>
  );
}
