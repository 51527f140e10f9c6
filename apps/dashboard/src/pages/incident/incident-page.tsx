import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { InferResponseType } from 'hono/client';
import { api, contentOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { Icon } from '../../ui/icon.tsx';
import { useKeys } from '../../ui/keys.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { Status } from '../../ui/status.tsx';
import { Ago, clockTime } from '../../ui/time.tsx';
import { classWords, percent, subjectWords } from '../../ui/words.ts';
import { Timeline } from './timeline.tsx';
import './incident.css';

export type Details = InferResponseType<(typeof api.incidents)[':id']['$get'], 200>;

/** One incident as a story: what happened, why, what was done, and how it ended. */
export default function IncidentPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const navigate = useNavigate();
  const param = { id };
  const details = useLive(['incident', id], async () => contentOf(await api.incidents[':id'].$get({ param })));
  const account = useLive(['timeline', id], async () => contentOf(await api.incidents[':id'].timeline.$get({ param })));
  useKeys({ u: () => void navigate({ to: '/incidents' }) });
  if (details.data === undefined)
    return details.error === null ? (
      <LoadingState />
    ) : (
      <ErrorState error={details.error} retry={() => void details.refetch()} />
    );
  const incident = details.data;
  return (
    <article className="page story">
      <Head incident={incident} />
      <div className="story-columns">
        <div className="story-main">
          <Outcome incident={incident} />
          <Cause incident={incident} />
          <EvidenceQuotes incident={incident} />
          <Actions incident={incident} />
          <History incident={incident} />
          <Timeline account={account.data} error={account.error} />
        </div>
        <Facts incident={incident} />
      </div>
    </article>
  );
}

function Head({ incident }: { readonly incident: Details }) {
  const { name, detail } = subjectWords(incident.subject);
  return (
    <header className="story-head">
      <nav aria-label="Where you are" className="crumbs">
        <Link to="/incidents">Incidents</Link>
        <Icon name="right" size={14} />
        <span className="mono cut">{incident.id}</span>
      </nav>
      <h1>{incident.briefing.headline}</h1>
      <p className="story-meta">
        <Status status={incident.status} />
        <span>{name}</span>
        <span className="soft">{detail}</span>
        <span className="soft">
          opened <Ago at={incident.openedAt} />
        </span>
      </p>
    </header>
  );
}

function Outcome({ incident: { outcome } }: { readonly incident: Details }) {
  return (
    <section className="card card-body outcome" aria-label="What happened">
      <p className="lead">{outcome.lead}</p>
      {outcome.rest === '' ? null : <p className="soft">{outcome.rest}</p>}
    </section>
  );
}

function Cause({ incident: { briefing, advice } }: { readonly incident: Details }) {
  return (
    <section className="card">
      <h2>Diagnosis</h2>
      <div className="card-body prose">
        {briefing.cause.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        {advice === null || advice.fix === '' ? null : (
          <>
            <h3>How to fix it</h3>
            <p className="lines">{advice.fix}</p>
          </>
        )}
        {advice === null || advice.prevention === '' ? null : (
          <>
            <h3>So that it stays away</h3>
            <p className="lines">{advice.prevention}</p>
          </>
        )}
      </div>
    </section>
  );
}

function EvidenceQuotes({ incident: { briefing } }: { readonly incident: Details }) {
  return (
    <section className="card">
      <h2>Evidence</h2>
      <div className="card-body">
        {briefing.evidence.length === 0 ? <p className="soft">No log could be read.</p> : null}
        {briefing.evidence.map(({ name, url, lines }) => (
          <figure key={name} className="quote">
            <figcaption>
              <strong className="cut">{name}</strong>
              {url === null ? null : (
                <a href={url} rel="noreferrer noopener" target="_blank">
                  whole log
                </a>
              )}
            </figcaption>
            <pre>{lines.join('\n')}</pre>
          </figure>
        ))}
        {briefing.notes.map((note) => (
          <p key={note} className="soft">
            {note}
          </p>
        ))}
      </div>
    </section>
  );
}

function Actions({ incident: { actions } }: { readonly incident: Details }) {
  if (actions.length === 0) return null;
  return (
    <section className="card">
      <h2>What was done</h2>
      <ol className="actions">
        {actions.map(({ id, title, words, verified, state }) => (
          <li key={`${id}${words}`}>
            <span
              className="pill"
              data-tone={verified === 'recovered' ? 'good' : verified === 'failed' ? 'bad' : 'none'}
            >
              {verified === 'recovered' ? 'Helped' : verified === 'failed' ? 'Did not help' : state}
            </span>
            <div>
              <strong>{title}</strong>
              <p className="soft">{words}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function History({ incident: { briefing } }: { readonly incident: Details }) {
  return (
    <section className="card">
      <h2>Similar incidents</h2>
      <ul className="card-body prose">
        {briefing.history.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

function Facts({ incident }: { readonly incident: Details }) {
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Class', classWords(incident.class)],
    ['Confidence', incident.confidence === null ? '–' : percent(incident.confidence)],
    ['Verdict', incident.verdict ?? '–'],
    ['Seen', `${incident.occurrences} ×`],
    ['Attempt', String(incident.attempt)],
    ['Opened', clockTime(incident.openedAt)],
    ['Last change', clockTime(incident.updatedAt)],
  ];
  return (
    <aside className="facts" aria-label="Facts">
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {incident.briefing.links.length === 0 ? null : (
        <ul className="links" aria-label="Where to look">
          {incident.briefing.links.map(({ name, url }) => (
            <li key={url}>
              <a href={url} rel="noreferrer noopener" target="_blank">
                <Icon name="link" size={15} /> {name}
              </a>
            </li>
          ))}
        </ul>
      )}
    </aside>
  );
}
