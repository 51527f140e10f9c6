import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Overview } from '../../api/answers.ts';
import { api, contentOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { durationWords } from '../../ui/time.tsx';
import { classWords, counted, percent } from '../../ui/words.ts';
import { IncidentRow, RowsLoading } from '../incidents/incident-row.tsx';
import './overview.css';

const Days = lazy(() => import('./days-chart.tsx'));
/** The counts change slowly, and reading them costs more than a list. Milliseconds. */
const POLL = 10_000;
const LATEST = '8';

/** How things are at the moment and how the last two weeks went. */
export default function OverviewPage() {
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: async () => contentOf(await api.overview.$get()),
    refetchInterval: POLL,
  });
  const query = { limit: LATEST, order: 'newest' } as const;
  const latest = useLive(['incidents', query], async () => contentOf(await api.incidents.$get({ query })));
  return (
    <div className="page">
      <div className="page-head">
        <h1>Overview</h1>
      </div>
      {overview.data === undefined && overview.error !== null ? (
        <ErrorState error={overview.error} retry={() => void overview.refetch()} />
      ) : (
        <Counts overview={overview.data} />
      )}
      <section className="card latest">
        <div className="card-head">
          <h2>Latest incidents</h2>
          <Link to="/incidents" className="end">
            All incidents
          </Link>
        </div>
        {latest.data === undefined ? (
          latest.error === null ? (
            <RowsLoading />
          ) : (
            <ErrorState error={latest.error} retry={() => void latest.refetch()} />
          )
        ) : null}
        {latest.data?.incidents.length === 0 ? (
          <EmptyState icon="pulse" title="Nothing has failed yet">
            A failed workflow run or an alarm appears here within seconds.
          </EmptyState>
        ) : null}
        <ol className="rows">
          {latest.data?.incidents.map((incident) => (
            <IncidentRow key={incident.id} incident={incident} />
          ))}
        </ol>
      </section>
    </div>
  );
}

function Counts({ overview }: { readonly overview: Overview | undefined }) {
  const today = overview?.days.at(-1);
  const tiles: readonly (readonly [name: string, value: string | null, note: string])[] =
    overview === undefined || today === undefined
      ? ['Open now', 'Healed today', 'Time to heal', 'Time to an answer', 'Without a human', 'Model cost'].map(
          (name) => [name, null, ''] as const,
        )
      : [
          ['Open now', `${overview.open.count}${overview.open.more ? '+' : ''}`, `${today.opened} opened today`],
          ['Healed today', String(today.healed), `${today.human} went to a human`],
          ['Time to heal', secondsWords(overview.medianSeconds.healed), 'median of two weeks'],
          ['Time to an answer', secondsWords(overview.medianSeconds.answer), 'median of two weeks'],
          [
            'Without a human',
            overview.automaticShare === null ? '–' : percent(overview.automaticShare),
            `of ${counted(overview.ended, 'ended incident')}`,
          ],
          [
            'Model cost',
            dollars(overview.model.microdollars),
            overview.model.asked === 0
              ? 'no model was asked'
              : `${counted(overview.model.asked, 'incident')} asked one`,
          ],
        ];
  return (
    <>
      <dl className="tiles card">
        {tiles.map(([name, value, note]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="tile-value number">{value ?? <span className="skeleton tile-skeleton" />}</dd>
            <dd className="soft">{note === '' ? ' ' : note}</dd>
          </div>
        ))}
      </dl>
      <div className="overview-charts">
        <section className="card">
          <div className="card-head">
            <h2>Incidents by day</h2>
            <span className="end legend">
              <span data-tone="good">Healed</span>
              <span data-tone="bad">With a human</span>
            </span>
          </div>
          <div className="chart">
            {overview === undefined ? null : (
              <Suspense fallback={<div className="skeleton" />}>{<Days days={overview.days} />}</Suspense>
            )}
          </div>
        </section>
        <section className="card">
          <h2>What fails most</h2>
          <Classes overview={overview} />
        </section>
      </div>
      {overview?.complete === false ? (
        <p className="soft incomplete">There were more incidents than are counted: the older days are not whole.</p>
      ) : null}
    </>
  );
}

function Classes({ overview }: { readonly overview: Overview | undefined }) {
  if (overview === undefined) return <div className="card-body" />;
  const [most] = overview.classes;
  if (most === undefined) return <p className="card-body soft">Nothing has failed in two weeks.</p>;
  return (
    <ol className="classes">
      {overview.classes.map(({ class: name, count }) => (
        <li key={name}>
          <span className="cut">{classWords(name)}</span>
          <span className="number soft">{count}</span>
          <span className="class-bar" style={{ width: `${(count / most.count) * 100}%` }} />
        </li>
      ))}
    </ol>
  );
}

function secondsWords(seconds: number | null): string {
  return seconds === null ? '–' : durationWords(seconds * 1000);
}

function dollars(microdollars: number | null): string {
  return microdollars === null ? 'no price' : `$${(microdollars / 1_000_000).toFixed(2)}`;
}
