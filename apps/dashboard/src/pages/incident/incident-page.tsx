import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { IncidentDetails as Details, IncidentStory as Story } from '../../api/answers.ts';
import { api, contentOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { FactLines } from '../../ui/fact-lines.tsx';
import { FactList } from '../../ui/figures.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useKeys } from '../../ui/keys.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { Status } from '../../ui/status.tsx';
import { Text } from '../../ui/text.tsx';
import { Ago, clockTime, timeOfDay, Until } from '../../ui/time.tsx';
import { classWords, counted, percent, subjectWords } from '../../ui/words.ts';
import { IncidentActions } from './incident-actions.tsx';
import { LogViewer } from './log-viewer.tsx';
import { Timeline } from './timeline.tsx';
import { WorkflowGraph, WorkflowSteps } from './workflow-graph.tsx';
import './incident.css';

/** One incident as a story: what happened, why, what was done, and how it ended. */
export default function IncidentPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const navigate = useNavigate();
  const param = { id };
  const details = useLive(['incident', id], async () => contentOf(await api.incidents[':id'].$get({ param })));
  const story = useLive(['story', id], async () => contentOf(await api.incidents[':id'].story.$get({ param })));
  const account = useLive(['timeline', id], async () => contentOf(await api.incidents[':id'].timeline.$get({ param })));
  useKeys({ u: () => void navigate({ to: '/incidents' }) });
  if (details.data === undefined)
    return details.error === null ? (
      <LoadingState />
    ) : (
      <ErrorState page list="/incidents" error={details.error} retry={() => void details.refetch()} />
    );
  const incident = details.data;
  return (
    <article className="page story">
      <Head incident={incident} />
      <div className="story-columns">
        <div className="story-main">
          <Waiting incident={incident} story={story.data} />
          <Diagnosis incident={incident} story={story.data} />
          <FactLines title="Known here" lines={incident.briefing.knownHere} />
          <Outcome incident={incident} workflow={story.data?.workflow} />
          <FactLines title="Deployed or changed before" lines={incident.briefing.before} />
          <FactLines title="Chain of events" lines={incident.briefing.chain} />
          {incident.notes === null ? null : (
            <section className="card">
              <h2>Note</h2>
              <p className="card-body lines">{incident.notes}</p>
            </section>
          )}
          <section className="card">
            <h2>Evidence</h2>
            {story.data === undefined ? (
              <p className="card-body soft">{story.error?.message ?? 'Loading …'}</p>
            ) : (
              <LogViewer logs={story.data.logs} />
            )}
            {incident.briefing.notes.map((note) => (
              <p key={note} className="card-body soft">
                {note}
              </p>
            ))}
          </section>
          {story.data === undefined ? null : <Choice story={story.data} />}
          {story.data === undefined ? null : <Receipts story={story.data} />}
          {story.data === undefined ? null : <Similar story={story.data} />}
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
        <span className="mono cut">
          {incident.number === null ? '' : `#${incident.number} · `}
          {incident.id}
        </span>
      </nav>
      <h1>
        <Text>{incident.briefing.headline}</Text>
      </h1>
      <p className="story-meta">
        <Status status={incident.status} id={incident.id} />
        <span>{name}</span>
        <span className="soft">{detail}</span>
        <span className="soft">
          opened <Ago at={incident.openedAt} />
        </span>
      </p>
      <IncidentActions incident={incident} />
    </header>
  );
}

function Outcome(props: { readonly incident: Details; readonly workflow: Story['workflow'] | undefined }) {
  const { incident, workflow } = props;
  const { lead, rest } = incident.outcome;
  return (
    <section className="card outcome" aria-label="What Selfheal did">
      <div className="card-body">
        <p className="lead">{lead}</p>
        {rest === '' ? null : (
          <p className="soft">
            <Text>{rest}</Text>
          </p>
        )}
      </div>
      <details className="way">
        <summary>
          <WorkflowSteps path={workflow} />
        </summary>
        <WorkflowGraph path={workflow} />
      </details>
    </section>
  );
}

/** What a person has to decide, before everything else. */
function Waiting({ incident, story }: { readonly incident: Details; readonly story: Story | undefined }) {
  const pending = story?.approvals.findLast(({ state }) => state === 'pending');
  if (pending === undefined || incident.status !== 'open') return null;
  return (
    <section className="card card-body waiting" data-tone="accent">
      <div>
        <strong>A person has to decide</strong>
        <p>
          The request expires <Until at={pending.expiresAt} />. Without an answer nothing is changed.
        </p>
      </div>
      <Link
        to="/approvals/$incidentId/$digest"
        params={{ incidentId: incident.id, digest: pending.digest } as never}
        className="button"
        data-look="primary"
      >
        Review the plan
      </Link>
    </section>
  );
}

function Diagnosis({ incident, story }: { readonly incident: Details; readonly story: Story | undefined }) {
  const { briefing, advice } = incident;
  const findings = story?.findings ?? [];
  const tests = story?.failedTests ?? [];
  return (
    <section className="card">
      <h2>Diagnosis</h2>
      <div className="card-body prose">
        {briefing.cause.map((paragraph) => (
          <p key={paragraph}>
            <Text>{paragraph}</Text>
          </p>
        ))}
        {findings.length === 0 ? null : (
          <ul className="findings">
            {findings.map(({ claim, lines }) => (
              <li key={claim}>
                <Text>{claim}</Text>{' '}
                {lines.map((line) => (
                  <span key={line} className="chip mono">
                    {line}
                  </span>
                ))}
              </li>
            ))}
          </ul>
        )}
        {tests.length === 0 ? null : (
          <>
            <h3>{counted(tests.length, 'failed test')}</h3>
            <ul className="tests mono">
              {tests.map((test) => (
                <li key={test}>{test}</li>
              ))}
            </ul>
          </>
        )}
        {advice === null || advice.fix === '' ? null : (
          <>
            <h3>What to do</h3>
            <p className="lines">
              <Text>{advice.fix}</Text>
            </p>
          </>
        )}
        {advice === null || advice.prevention === '' ? null : (
          <>
            <h3>Prevention</h3>
            <p className="lines">
              <Text>{advice.prevention}</Text>
            </p>
          </>
        )}
      </div>
    </section>
  );
}

const CHOSEN = { chosen: ['Chosen', 'accent'], tried: ['Tried before', 'none'], left: ['Not chosen', 'none'] } as const;

function Choice({ story: { candidates, why } }: { readonly story: Story }) {
  if (candidates.length === 0 && why === null) return null;
  return (
    <section className="card">
      <h2>What could be done</h2>
      {why === null ? null : (
        <p className="card-body why">
          <Text>{why}</Text>
        </p>
      )}
      <ul className="actions">
        {candidates.map(({ title, description, state }) => (
          <li key={`${title} ${description}`}>
            <span className="pill plain" data-tone={CHOSEN[state][1]}>
              {CHOSEN[state][0]}
            </span>
            <div>
              <strong>{title}</strong>
              <p className="soft">
                <Text>{description}</Text>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Receipts({ story: { receipts } }: { readonly story: Story }) {
  if (receipts.length === 0) return null;
  return (
    <section className="card">
      <h2>What was done</h2>
      <ol className="actions">
        {receipts.map(({ title, at, summary, verified, state, facts }) => (
          <li key={`${title} ${at}`}>
            <span
              className="pill"
              data-tone={verified === 'recovered' ? 'good' : verified === 'failed' ? 'bad' : 'none'}
            >
              {verified === 'recovered' ? 'Helped' : verified === 'failed' ? 'Did not help' : state}
            </span>
            <div>
              <strong>{title}</strong>
              <p>{summary}</p>
              <FactList className="receipt mono" facts={Object.entries(facts)} />
            </div>
            <span className="soft end number">{timeOfDay(at)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function outcomeOf({ helped, reportedBy }: Story['similar'][number]): string {
  if (helped === null) return '';
  if (reportedBy !== undefined) return `Reported as ${helped ? '' : 'not '}helpful by ${reportedBy}. `;
  return helped ? 'It helped, as verified. ' : 'It did not help. ';
}

function Similar({ story: { similar } }: { readonly story: Story }) {
  return (
    <section className="card">
      <h2>Similar incidents</h2>
      {similar.length === 0 ? <p className="card-body soft">No similar failure is on record here.</p> : null}
      <ul className="actions">
        {similar.map((each) => (
          <li key={each.incidentId}>
            <span className="pill plain" data-tone={each.sameFailure ? 'accent' : 'none'}>
              {each.sameFailure ? 'Same failure' : `${percent(each.score)} alike`}
            </span>
            <div>
              <Link to="/incidents/$id" params={{ id: each.incidentId } as never}>
                <Text>{each.title}</Text>
              </Link>
              <p>
                <Text>{each.resolution}</Text>
              </p>
              <p className="soft">
                {outcomeOf(each)}
                {each.times > 1 ? `Seen ${each.times} times. ` : ''}
                {each.reasons.join('; ')}
              </p>
            </div>
            <span className="soft end">
              <Ago at={each.endedAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Facts({ incident }: { readonly incident: Details }) {
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Class', classWords(incident.class)],
    ['Confidence', incident.confidence === null ? '–' : percent(incident.confidence)],
    ['Verdict', incident.verdict === null ? '–' : classWords(incident.verdict)],
    ['Acknowledged', incident.acknowledged === null ? 'by nobody' : `by ${incident.acknowledged.by}`],
    ['Assigned to', incident.assignee ?? 'nobody'],
    ['Seen', counted(incident.occurrences, 'time')],
    ['Last seen', clockTime(incident.lastSeenAt)],
    ['Attempt', String(incident.attempt)],
    ['Opened', clockTime(incident.openedAt)],
    ['Last change', clockTime(incident.updatedAt)],
  ];
  return (
    <aside className="facts" aria-label="Facts">
      <FactList facts={facts} />
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
