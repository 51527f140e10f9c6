import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { InferResponseType } from 'hono/client';
import { useState } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { TableBox } from '../../ui/figures.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Ago, clockTime, Until } from '../../ui/time.tsx';
import { classWords, counted, percent, type Tone } from '../../ui/words.ts';
import { RowsLoading } from '../incidents/incident-row.tsx';
import { StartExperiment } from './start-experiment.tsx';
import './experiments.css';

type Experiment = InferResponseType<typeof api.experiments.$get, 200>['experiments'][number];
type Report = InferResponseType<(typeof api.experiments)[':id']['results']['$get'], 200>;

/** Outcomes arrive with incidents, so they are read again less often than lists. Milliseconds. */
const POLL = 10_000;
/** Below so many incidents of a variant the API states no interval. */
const MIN_ATTEMPTS = 30;

const STATUSES: Readonly<Record<Experiment['status'], { readonly label: string; readonly tone: Tone }>> = {
  running: { label: 'Running', tone: 'accent' },
  paused: { label: 'Paused', tone: 'warn' },
  completed: { label: 'Ended', tone: 'none' },
};

/** Comparisons of two solutions for the same failures: what runs, what ended, and which solution is better. */
export default function ExperimentsPage() {
  const [isStarting, setStarting] = useState(false);
  const list = useQuery({
    queryKey: ['experiments'],
    queryFn: async () => (await contentOf(await api.experiments.$get())).experiments,
    refetchInterval: POLL,
  });
  const running = list.data?.filter(({ status }) => status !== 'completed') ?? [];
  const ended = list.data?.filter(({ status }) => status === 'completed') ?? [];
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Experiments</h1>
          <p className="soft">Two solutions for the same failures, compared by their verified outcomes.</p>
        </div>
        <span className="end">
          <Button look="primary" onClick={() => setStarting(true)}>
            Start an experiment
          </Button>
        </span>
      </div>
      {list.data !== undefined ? null : list.error === null ? (
        <div className="card">
          <RowsLoading />
        </div>
      ) : (
        <ErrorState error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data?.length === 0 ? (
        <div className="card">
          <EmptyState icon="flask" title="No experiment yet">
            Start one to learn which of two actions helps more often. It only changes which of them comes first.
          </EmptyState>
        </div>
      ) : null}
      {running.map((experiment) => (
        <ExperimentCard key={experiment.id} experiment={experiment} />
      ))}
      {ended.length === 0 ? null : <h2 className="experiments-ended">Ended</h2>}
      {ended.map((experiment) => (
        <ExperimentCard key={experiment.id} experiment={experiment} />
      ))}
      {isStarting ? <StartExperiment close={() => setStarting(false)} /> : null}
    </div>
  );
}

function ExperimentCard({ experiment }: { readonly experiment: Experiment }) {
  const [isStopping, setStopping] = useState(false);
  const { id, title, status, source } = experiment;
  const { label, tone } = STATUSES[status];
  const param = { id };
  const report = useQuery({
    queryKey: ['experiments', id],
    queryFn: async () => contentOf(await api.experiments[':id'].results.$get({ param })),
    refetchInterval: status === 'completed' ? false : POLL,
  });
  return (
    <section className="card experiment" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className="end">
          <span className="pill" data-tone={tone}>
            {label}
          </span>
          {source === 'started' && status === 'running' ? (
            <Button onClick={() => setStopping(true)} aria-label={`Stop ${title}`}>
              Stop
            </Button>
          ) : null}
        </span>
      </div>
      <p className="soft experiment-about">
        {whereWords(experiment)} <Times experiment={experiment} />
      </p>
      {report.data !== undefined ? (
        <Results report={report.data} />
      ) : report.error === null ? (
        <div className="card-body">
          <div className="skeleton figures-skeleton" role="status" aria-label="Loading" />
        </div>
      ) : (
        <ErrorState error={report.error} retry={() => void report.refetch()} />
      )}
      {isStopping ? <StopExperiment experiment={experiment} close={() => setStopping(false)} /> : null}
    </section>
  );
}

function Times({ experiment }: { readonly experiment: Experiment }) {
  const { startedBy, startedAt, endsAt, status } = experiment;
  if (startedAt === null) return <>It is in the deployed configuration.</>;
  return (
    <>
      Started by {startedBy} <Ago at={startedAt} />
      {endsAt === null || status === 'completed' ? null : (
        <>
          , ends <Until at={endsAt} />
        </>
      )}
      .
    </>
  );
}

function Results({ report }: { readonly report: Report }) {
  const { recommendation, variants, results, incidents, title } = report;
  return (
    <>
      <TableBox label={`Results of ${title}`}>
        <thead>
          <tr>
            <th scope="col">Solution</th>
            <th scope="col">Share</th>
            <th scope="col">Incidents</th>
            <th scope="col">Success</th>
            <th scope="col">95 % interval</th>
            <th scope="col">Time to heal</th>
            <th scope="col">Side effects</th>
          </tr>
        </thead>
        <tbody>
          {results.map((result) => {
            const variant = variants.find(({ id }) => id === result.id);
            return (
              <tr key={result.id} data-preferred={recommendation.variantId === result.id || undefined}>
                <th scope="row" className={variant?.solution === 'ranked' ? undefined : 'mono'}>
                  {solutionWords(variant?.solution ?? result.id)}
                </th>
                <td>{variant === undefined ? '–' : `${variant.percent} %`}</td>
                <td>{result.attempts}</td>
                <td>{result.rate === null ? '–' : `${percent(result.rate)} (${result.successes})`}</td>
                <td>{intervalWords(result)}</td>
                <td>{result.minutesToHeal === null ? '–' : `${Math.round(result.minutesToHeal)} min`}</td>
                <td>{effectWords(result.sideEffects)}</td>
              </tr>
            );
          })}
        </tbody>
      </TableBox>
      <p className="experiment-verdict" data-tone={recommendation.kind === 'prefer' ? 'good' : 'none'}>
        <strong>{verdictWords(report)}</strong>{' '}
        <span className="soft">
          {recommendation.reason} Counted: {counted(incidents, 'incident')} with a verified outcome.
        </span>
      </p>
    </>
  );
}

function StopExperiment(props: { readonly experiment: Experiment; readonly close: () => void }) {
  const { experiment, close } = props;
  const queries = useQueryClient();
  const param = { id: experiment.id };
  const stopping = useMutation({
    mutationFn: async () => contentOf(await api.experiments[':id'].stop.$post({ param })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['experiments'] }),
  });
  return (
    <Confirm
      title={`Stop ${experiment.title}`}
      verb="Stop it"
      look="bad"
      withoutReason
      confirm={() => stopping.mutateAsync()}
      close={close}
    >
      <p>It ends for good. Its results stay; incidents get the solution that ranks first again.</p>
      {experiment.endsAt === null ? null : (
        <p className="soft">It would end by itself: {clockTime(experiment.endsAt)}.</p>
      )}
    </Confirm>
  );
}

export const solutionWords = (solution: string): string =>
  solution === 'ranked' ? 'The one that ranks first' : solution;

function whereWords({ appliesTo: { classes = [], repositories = [], services = [] } }: Experiment): string {
  const places = [...repositories, ...services.map((service) => `service ${service}`)];
  const what = classes.length === 0 ? 'All failures' : classes.map(classWords).join(', ');
  return `${what} ${places.length === 0 ? 'everywhere' : `in ${places.join(', ')}`}.`;
}

function intervalWords({ attempts, interval: [low, high] }: Report['results'][number]): string {
  return attempts < MIN_ATTEMPTS ? `from ${MIN_ATTEMPTS} incidents on` : `${percent(low)} to ${percent(high)}`;
}

function effectWords(effects: Readonly<Record<string, number>>): string {
  const known = Object.entries(effects).map(([name, count]) => `${name} ${count}×`);
  return known.length === 0 ? 'none' : known.join(', ');
}

function verdictWords({ recommendation: { kind, variantId }, variants }: Report): string {
  if (kind === 'too-early') return 'Too early to say.';
  if (kind === 'no-difference-yet') return 'No difference yet.';
  return `Better: ${solutionWords(variants.find(({ id }) => id === variantId)?.solution ?? '')}.`;
}
