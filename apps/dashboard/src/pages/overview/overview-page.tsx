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
  readonly value: string;
  readonly note: string;
  readonly trend?: Trend | null;
}

const TILES = [
  'Open now',
  'Healed today',
  'Without a human',
  'False fixes',
  'Time to comment',
  'Time to heal',
  'Flaky failures',
  'Model cost',
] as const;

function tilesOf(overview: Overview): readonly Tile[] {
  const { open, days, ended, healed, automaticShare, seconds, falseFixes, flaky, opened, model, weeks } = overview;
  const today = days.at(-1);
  const { latest } = weeks;
  // Without an incident in the week before there is nothing to compare with.
  const before = weeks.before.opened === 0 ? null : weeks.before;
  return [
    { name: TILES[0], value: `${open.count}${open.more ? '+' : ''}`, note: `${today?.opened ?? 0} opened today` },
    { name: TILES[1], value: String(today?.healed ?? 0), note: `${today?.human ?? 0} went to a human` },
    {
      name: TILES[2],
      value: automaticShare === null ? '–' : percent(automaticShare),
      note: `of ${counted(ended, 'ended incident')}`,
      trend: trendOf(latest.automaticShare, before?.automaticShare, { more: 'good', words: percent }),
    },
    {
      name: TILES[3],
      value: String(falseFixes),
      note: healed === 0 ? 'none was healed' : `of ${healed} healed came back or were wrong`,
      trend: trendOf(latest.falseFixes, before?.falseFixes, { more: 'bad', words: String }),
    },
    spreadTile(TILES[4], seconds.commented, latest.seconds.commented, before?.seconds.commented),
    spreadTile(TILES[5], seconds.healed, latest.seconds.healed, before?.seconds.healed),
    {
      name: TILES[6],
      value: String(flaky),
      note: `of ${counted(opened, 'incident')}, by chance`,
      trend: trendOf(latest.flaky, before?.flaky, { more: 'bad', words: String }),
    },
    {
      name: TILES[7],
      value: dollars(model.microdollars),
      note: model.asked === 0 ? 'no model was asked' : `${counted(model.asked, 'incident')} asked one`,
      trend: trendOf(latest.model.microdollars, before?.model.microdollars, { more: 'none', words: dollars }),
    },
  ];
}

type Spread = Overview['seconds']['healed'];

/** Half of the incidents were that quick; the note has what nine of ten were. */
function spreadTile(name: string, both: Spread, latest: Spread, before: Spread | undefined): Tile {
  return {
    name,
    value: both === null ? '–' : secondsWords(both.p50),
    note: both === null ? 'none in two weeks' : `nine of ten within ${secondsWords(both.p90)}`,
    trend: trendOf(latest?.p50 ?? null, before?.p50 ?? null, { more: 'bad', words: secondsWords }),
  };
}

interface Trend {
  readonly words: string;
  readonly tone: Tone;
}

/** The last seven days beside the seven before; null where one of them has nothing to count. `more`: what a rise means. */
function trendOf(
  latest: number | null,
  before: number | null | undefined,
  { more, words }: { readonly more: 'good' | 'bad' | 'none'; readonly words: (value: number) => string },
): Trend | null {
  if (latest === null || before == null) return null;
  const [now, then] = [words(latest), words(before)];
  if (now === then) return { words: `${now} this week and last`, tone: 'none' };
  const isWorse = latest > before === (more === 'bad');
  const tone = more === 'none' ? 'none' : isWorse ? 'bad' : 'good';
  return { words: `${latest > before ? '↑' : '↓'} ${now}, last week ${then}`, tone };
}

function Counts({ overview }: { readonly overview: Overview | undefined }) {
  const tiles = overview === undefined ? [] : tilesOf(overview);
  return (
    <>
      <dl className="tiles card">
        {TILES.map((name, index) => {
          const { value, note, trend } = tiles[index] ?? {};
          return (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="tile-value number">{value ?? <span className="skeleton tile-skeleton" />}</dd>
              <dd className="soft">{note ?? ' '}</dd>
              {trend == null ? null : (
                <dd className="tile-trend number" data-tone={trend.tone}>
                  {trend.words}
                </dd>
              )}
            </div>
          );
        })}
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

const secondsWords = (seconds: number): string => durationWords(seconds * 1000);

function dollars(microdollars: number | null): string {
  return microdollars === null ? 'no price' : `$${(microdollars / 1_000_000).toFixed(2)}`;
}
