import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Status } from '../../ui/status.tsx';
import { classWords, percent } from '../../ui/words.ts';
import '../incident/incident.css';
import { Timeline } from '../incident/timeline.tsx';
import { WorkflowGraph } from '../incident/workflow-graph.tsx';
import '../../ui/form.css';
import { DRILLS, type Drill } from './drills.ts';
import './drill.css';

/** Runs a test of the whole way on request: a simulated incident is reported, and its way to the end is shown live. */
export default function DrillPage() {
  const search = useSearch({ strict: false }) as { incident?: string };
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: async (drill: Drill) =>
      contentOf(await api.incidents.$post({ json: { ...drill, simulated: true, severity: 'low' } })),
    onSuccess: ({ id }) => navigate({ to: '/drill', search: { incident: id } as never }),
  });
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Drill</h1>
          <p className="soft">
            Reports a failure that did not happen and follows it through the same workflow. Nothing is executed, nobody
            is told, and no list or figure contains it.
          </p>
        </div>
      </div>
      <div className="drill-columns">
        <Start isBusy={start.isPending} error={start.error} start={(drill) => start.mutate(drill)} />
        {search.incident === undefined ? (
          <section className="card">
            <EmptyState icon="play" title="No drill is running">
              Start one: its steps appear here while it goes on.
            </EmptyState>
          </section>
        ) : (
          <Running key={search.incident} id={search.incident} />
        )}
      </div>
    </div>
  );
}

function Start(props: {
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly start: (drill: Drill) => void;
}) {
  const { isBusy, error, start } = props;
  const [title, setTitle] = useState('');
  const [lines, setLines] = useState('');
  return (
    <section className="card">
      <h2>Choose a failure</h2>
      {error === null ? null : (
        <p className="refusal drill-refusal" role="alert">
          {error.message}
        </p>
      )}
      <ul className="drills">
        {DRILLS.map((drill) => (
          <li key={drill.title}>
            <div>
              <strong>{drill.title}</strong>
              <p className="soft mono">{drill.lines[0]}</p>
            </div>
            <Button disabled={isBusy} onClick={() => start(drill)} aria-label={`Run: ${drill.title}`}>
              Run
            </Button>
          </li>
        ))}
      </ul>
      <details className="own-drill">
        <summary>Or lines of your own</summary>
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            start({ title: title.trim(), lines: lines.split('\n').slice(-MAX_LINES) });
          }}
        >
          <div className="field">
            <label htmlFor="drill-title">What fails</label>
            <input
              id="drill-title"
              className="input"
              value={title}
              required
              maxLength={300}
              onChange={(event) => setTitle(event.target.value)}
            />
          </div>
          <div className="field">
            <label htmlFor="drill-lines">Lines of its log</label>
            <textarea
              id="drill-lines"
              className="input mono"
              rows={6}
              required
              spellCheck={false}
              value={lines}
              onChange={(event) => setLines(event.target.value)}
            />
          </div>
          <div className="form-buttons">
            <Button look="primary" type="submit" disabled={isBusy}>
              Run
            </Button>
          </div>
        </form>
      </details>
    </section>
  );
}

/** The API takes a few hundred lines of a report. */
const MAX_LINES = 200;

function Running({ id }: { readonly id: string }) {
  const param = { id };
  const details = useLive(['incident', id], async () => contentOf(await api.incidents[':id'].$get({ param })));
  const story = useLive(['story', id], async () => contentOf(await api.incidents[':id'].story.$get({ param })));
  const account = useLive(['timeline', id], async () => contentOf(await api.incidents[':id'].timeline.$get({ param })));
  if (details.error !== null && details.data === undefined)
    return (
      <section className="card">
        <ErrorState error={details.error} retry={() => void details.refetch()} />
      </section>
    );
  const incident = details.data;
  return (
    <div className="story-main" aria-live="polite">
      <section className="card outcome" aria-label="Its way">
        <div className="card-head">
          <h2>{incident?.title ?? 'Under way …'}</h2>
          <span className="end">
            {incident === undefined ? null : <Status status={incident.status} id={incident.id} />}
          </span>
        </div>
        <div className="card-body">
          {incident === undefined ? (
            <p className="soft">Loading …</p>
          ) : (
            <>
              <p className="lead">{isOver(incident.status) ? incident.outcome.lead : 'It is under way.'}</p>
              <p className="soft">
                {classWords(incident.class)}
                {incident.confidence === null ? '' : `, ${percent(incident.confidence)} sure`}.
              </p>
              <p>
                <Link to="/incidents/$id" params={{ id: incident.id } as never}>
                  Full timeline
                </Link>
              </p>
            </>
          )}
        </div>
        <WorkflowGraph path={story.data?.workflow} />
      </section>
      <Timeline account={account.data} error={account.error} />
    </div>
  );
}

const isOver = (status: string): boolean => status !== 'open';
