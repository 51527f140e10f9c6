import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Overview } from '../../api/answers.ts';
import { api, contentOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { durationWords } from '../../ui/time.tsx';
import { classWords, counted, percent, type Tone } from '../../ui/words.ts';
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

interface Tile {
  readonly name: string;
  readonly definition: string;
  readonly value: string;
  readonly note: string;
  readonly trend: Trend | null;
  /** Of the list that has exactly what was counted. */
  readonly list: Readonly<Record<string, string>> | null;
}

type Figure = Overview['figures'][number];
const TILES = 8;

/** What a rise means, by figure. */
const RISES: Readonly<Record<Figure['id'], 'good' | 'bad' | 'none'>> = {
  open: 'none',
  healedToday: 'none',
  withoutHuman: 'good',
  falseFixes: 'bad',
  timeToComment: 'bad',
  timeToHeal: 'bad',
  flaky: 'bad',
  modelCost: 'none',
};

const WORDS: Readonly<Record<Figure['unit'], (value: number) => string>> = {
  incidents: String,
  share: percent,
  seconds: (seconds) => durationWords(seconds * 1000),
  microdollars: (value) => `$${(value / 1_000_000).toFixed(2)}`,
};

function tileOf(figure: Figure, overview: Overview): Tile {
  const { id, label, definition, value, unit, latest, before } = figure;
  const { open } = overview;
  const words = WORDS[unit];
  const more = id === 'open' && open.more ? '+' : '';
  const nothing = unit === 'microdollars' ? 'no price' : '–';
  return {
    name: label,
    definition,
    value: value === null ? nothing : `${words(value)}${more}`,
    note: noteOf(figure, overview),
    trend: trendOf(latest, before, { more: RISES[id], words }),
    list: id === 'open' ? { show: 'unfinished', from: open.from } : null,
  };
}

function noteOf({ id, unit, of, value, p90 }: Figure, { open, days }: Overview): string {
  if (unit === 'seconds')
    return value === null || p90 === null ? 'none in two weeks' : `median; nine of ten within ${WORDS.seconds(p90)}`;
  switch (id) {
    case 'open':
      return `${open.inProgress} in progress, ${open.withPerson} with a person`;
    case 'healedToday': {
      const today = days.at(-1);
      return `${today?.opened ?? 0} opened today, ${today?.human ?? 0} went to a person`;
    }
    case 'falseFixes':
      return of === 0 ? 'none was healed' : `of ${of} healed`;
    case 'modelCost':
      return of === 0 ? 'no model was asked' : `a model was asked ${of === 1 ? 'once' : `${of} times`}`;
    case 'flaky':
      return `of ${counted(of ?? 0, 'incident')}`;
    default:
      return `of ${counted(of ?? 0, 'ended incident')}`;
  }
}

interface Trend {
  readonly words: string;
  readonly tone: Tone;
}

/** The last seven days beside the seven before; null where one of them has nothing to count. `more`: what a rise means. */
function trendOf(
  latest: number | null,
  before: number | null,
  { more, words }: { readonly more: 'good' | 'bad' | 'none'; readonly words: (value: number) => string },
): Trend | null {
  if (latest === null || before === null) return null;
  const [now, then] = [words(latest), words(before)];
  if (now === then) return { words: `${now} this week and last`, tone: 'none' };
  const isWorse = latest > before === (more === 'bad');
  const tone = more === 'none' ? 'none' : isWorse ? 'bad' : 'good';
  return { words: `${latest > before ? '↑' : '↓'} ${now}, last week ${then}`, tone };
}

function Counts({ overview }: { readonly overview: Overview | undefined }) {
  const tiles =
    overview?.figures.map((figure) => tileOf(figure, overview)) ?? Array.from({ length: TILES }, () => null);
  return (
    <>
      <dl className="tiles card">
        {tiles.map((tile, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the order never changes
          <div key={index}>{tile === null ? <LoadingTile /> : <TileParts tile={tile} />}</div>
        ))}
      </dl>
      <div className="overview-charts">
        <section className="card">
          <div className="card-head">
            <h2>Incidents by day</h2>
            <span className="end legend">
              <span data-tone="good">Healed</span>
              <span data-tone="bad">With a person</span>
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
        <p className="soft incomplete">There were more incidents than are counted: older days are incomplete.</p>
      ) : null}
    </>
  );
}

function LoadingTile() {
  return (
    <>
      <dt> </dt>
      <dd className="tile-value number">
        <span className="skeleton tile-skeleton" />
      </dd>
    </>
  );
}

function TileParts({ tile: { name, value, note, trend, definition, list } }: { readonly tile: Tile }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="tile-value number">
        {list === null ? (
          value
        ) : (
          <Link to="/incidents" search={list as never}>
            {value}
          </Link>
        )}
      </dd>
      <dd className="soft">{note}</dd>
      {trend === null ? null : (
        <dd className="tile-trend number" data-tone={trend.tone}>
          {trend.words}
        </dd>
      )}
      <dd className="soft definition">{definition}</dd>
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
          <span className="number soft">{numberText(count)}</span>
          <span className="class-bar" style={{ width: `${(count / most.count) * 100}%` }} />
        </li>
      ))}
    </ol>
  );
}
