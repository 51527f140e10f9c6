import '@fontsource-variable/jetbrains-mono/wght.css';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import type { MappedResult } from '#shared/domain/webhooks/mapping.ts';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Command } from '../../ui/command.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { clockTime } from '../../ui/time.tsx';
import { bodyIn, draftText, type Trial, tryMapping } from './try-mapping.ts';
import '../incident/incident.css';
import '../../ui/form.css';
import './mapping.css';

const readBodies = async () => {
  const { events } = await contentOf(await api.events.$get({ query: { days: '30', limit: '200' } }));
  return events.flatMap(({ sample, ...event }) => {
    const body = bodyIn(sample);
    return body === undefined ? [] : [{ ...event, body }];
  });
};
type Received = Awaited<ReturnType<typeof readBodies>>[number];

/** Nothing arrives while somebody writes that would be worth the request. */
const EVENTS_MS = 30_000;

/**
 * A mapping of one's own beside a received body, and what it makes of it. Everything but the list of events happens in the browser: a body that is pasted
 * goes nowhere.
 */
export default function MappingPage() {
  const { event: wanted = '' } = useSearch({ strict: false }) as Record<string, string>;
  const events = useQuery({ queryKey: ['events', 'bodies'], queryFn: readBodies, staleTime: EVENTS_MS });
  return (
    <article className="page">
      <header className="story-head">
        <nav aria-label="Where you are" className="crumbs">
          <Link to="/events">Events</Link>
          <Icon name="right" size={14} />
          <span className="cut">Mapping</span>
        </nav>
        <h1>Make a mapping</h1>
        <p className="soft">How the alerts of a tool are read that Selfheal does not know, tried on a body of it.</p>
      </header>
      {events.error !== null && events.data === undefined ? (
        <ErrorState error={events.error} retry={() => void events.refetch()} />
      ) : events.data === undefined ? (
        <div className="skeleton" />
      ) : (
        <Workplace received={events.data} wanted={wanted} />
      )}
    </article>
  );
}

const textOf = (body: object): string => JSON.stringify(body, null, 2);

function Workplace({ received, wanted }: { readonly received: readonly Received[]; readonly wanted: string }) {
  const first = received.find(({ id }) => id === wanted) ?? received[0];
  const [chosen, setChosen] = useState(first?.id ?? '');
  const [body, setBody] = useState(first === undefined ? '' : textOf(first.body));
  const [mapping, setMapping] = useState(first === undefined ? '' : draftText(first.body));
  const [shownBody, shownMapping] = [useDeferredValue(body), useDeferredValue(mapping)];
  const trial = useMemo(() => tryMapping(shownMapping, shownBody, new Date()), [shownBody, shownMapping]);
  const choose = (id: string) => {
    const found = received.find((one) => one.id === id);
    setChosen(id);
    if (found === undefined) return;
    setBody(textOf(found.body));
    if (mapping.trim() === '') setMapping(draftText(found.body));
  };
  const pasted = bodyIn(body);
  const problem = trial.kind === 'problem' ? trial : null;
  return (
    <>
      <div className="mapping-columns">
        <section className="card">
          <h2>Received body</h2>
          <div className="card-body form mapping-form">
            <div className="field">
              <label htmlFor="mapping-event">Event</label>
              <select
                id="mapping-event"
                className="input"
                value={chosen}
                onChange={(event) => choose(event.target.value)}
              >
                <option value="">{received.length === 0 ? 'No body was left aside: paste one' : 'Another body'}</option>
                {received.map(({ id, source, connection, subject, lastAt }) => (
                  <option key={id} value={id}>
                    {`${connection === null ? source : `${source}/${connection}`}: ${subject} (${clockTime(lastAt)})`}
                  </option>
                ))}
              </select>
              <span className="hint">Redacted and shortened when it arrived.</span>
            </div>
            <CodeField
              id="mapping-body"
              label="Body in JSON"
              rows={18}
              isInvalid={problem?.about === 'body'}
              value={body}
              onChange={(text) => {
                setChosen('');
                setBody(text);
              }}
            />
          </div>
        </section>
        <section className="card">
          <h2>Mapping</h2>
          <div className="card-body form mapping-form">
            <CodeField
              id="mapping-text"
              label="Mapping in YAML"
              rows={23}
              isInvalid={problem?.about === 'mapping'}
              value={mapping}
              onChange={setMapping}
            >
              <span className="hint">
                Each field is a JSON Pointer, <code>constant</code>, <code>template</code>, <code>first</code> of
                several, or a table of <code>values</code>.
              </span>
            </CodeField>
            <div className="form-buttons">
              <Button disabled={pasted === undefined} onClick={() => pasted && setMapping(draftText(pasted))}>
                Start anew from the body
              </Button>
            </div>
          </div>
        </section>
      </div>
      <section className="card" aria-labelledby="mapping-heading">
        <h2 id="mapping-heading">Result</h2>
        <div id="mapping-result" className="card-body form mapping-form" aria-live="polite">
          <Result trial={trial} />
        </div>
      </section>
    </>
  );
}

interface CodeFieldProps {
  readonly id: string;
  readonly label: string;
  readonly rows: number;
  readonly isInvalid: boolean;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** A hint below it. */
  readonly children?: ReactNode;
}

/** A text in a notation, of which the result says what is wrong with it. */
function CodeField({ id, label, rows, isInvalid, value, onChange, children }: CodeFieldProps) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="input mono"
        rows={rows}
        spellCheck={false}
        aria-invalid={isInvalid}
        aria-describedby="mapping-result"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {children}
    </div>
  );
}

function Result({ trial }: { readonly trial: Trial }) {
  if (trial.kind === 'problem')
    return (
      <p className="refusal mapping-problem">
        <strong>{trial.about === 'body' ? 'The body' : 'The mapping'}</strong>
        {'\n'}
        {trial.problem}
      </p>
    );
  const { id, read, stateWord, wrongExamples, entry } = trial;
  return (
    <>
      <Reading read={read} stateWord={stateWord} />
      {wrongExamples.map((words) => (
        <p key={words} className="refusal mapping-problem">
          Example {words}
        </p>
      ))}
      {read.kind !== 'alerts' || wrongExamples.length > 0 ? null : (
        <details>
          <summary>Copy into the configuration</summary>
          <p className="soft">
            Add this to <code>mappings</code> of <code>selfheal.json</code> and deploy. The body is its example, which
            every deployment tries.
          </p>
          <Command name="the mapping" text={entry} />
          <p className="soft">Then make the connection that the tool sends to:</p>
          <Command name="the command" text={`selfheal connection create ${id} --source ${id}`} />
        </details>
      )}
    </>
  );
}

function Reading({ read, stateWord }: { readonly read: MappedResult; readonly stateWord: string }) {
  if (read.kind === 'rejected') return <p className="refusal">Refused: {read.reason}.</p>;
  if (read.kind === 'ignored')
    return (
      <p className="refusal">
        {stateWord === ''
          ? 'Left aside: nothing is where the mapping looks for the state.'
          : `Left aside: the state is "${stateWord}", which opens and closes nothing by fields.state.`}
      </p>
    );
  return (
    <>
      {read.alerts.map((alert) => (
        <dl key={alert.id} className="mapping-facts">
          {(
            [
              ['State', alert.state === 'firing' ? 'firing: opens an incident' : 'resolved: closes its incident'],
              ['Service', alert.service ?? 'none: is handed to people'],
              ['Severity', alert.severity],
              ['Title', alert.title],
              ['Text', alert.text || 'none'],
              ['Link', alert.url ?? 'none'],
              ['Id', alert.id],
              ['Began', clockTime(alert.startedAt.toISOString())],
            ] as const
          ).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ))}
    </>
  );
}
