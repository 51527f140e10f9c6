import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useLayoutEffect, useRef, useState } from 'react';
import { useLive } from '../../api/live.ts';
import { Button } from '../../ui/button.tsx';
import { Figures, TableBox } from '../../ui/figures.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { Ago, timeOfDay } from '../../ui/time.tsx';
import { counted } from '../../ui/words.ts';
import { readLog, readServices, readTail, type WatchedLog } from './logs-api.ts';
import '../../ui/form.css';
import './logs.css';

const LevelsChart = lazy(() => import('./levels-chart.tsx'));

/** Which lines are shown, and the levels that this means. */
const LEVELS = [
  ['', 'All lines'],
  ['critical,error,warning', 'Warnings and worse'],
  ['critical,error', 'Errors'],
] as const;

/** The log that a service sends: its last lines, levels over a day, what is unusual and why, and its messages. */
export default function LogsPage() {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const navigate = useNavigate();
  const services = useLive(['watched-services'], readServices);
  if (services.data === undefined)
    return services.error === null ? (
      <LoadingState />
    ) : (
      <ErrorState error={services.error} page retry={() => void services.refetch()} />
    );
  const names = services.data.services.map(({ service }) => service);
  const chosen = names.find((name) => name === search.service) ?? names[0];
  if (chosen === undefined)
    return (
      <EmptyState icon="file" title="No service sends its log" page>
        Send one with <code>selfheal log forward --service NAME FILE</code>, OpenTelemetry or Splunk's senders.
      </EmptyState>
    );
  const last = services.data.services.find(({ service }) => service === chosen)?.lastSeenAt;
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Logs</h1>
          <p className="soft">
            What services send, judged by their own past.
            {last === undefined ? null : (
              <>
                {' '}
                Last line <Ago at={last} />.
              </>
            )}
          </p>
        </div>
        <div className="field logs-service">
          <label htmlFor="service">Service</label>
          <select
            id="service"
            className="input"
            value={chosen}
            onChange={(event) =>
              void navigate({ to: '/logs', search: { service: event.target.value } as never, replace: true })
            }
          >
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
      </div>
      <OneLog key={chosen} service={chosen} />
    </div>
  );
}

function OneLog({ service }: { readonly service: string }) {
  const log = useLive(['watched-log', service], () => readLog(service));
  return (
    <div className="logs">
      <Figures title="Unusual" figures={log}>
        {(found) => <Anomalies log={found} />}
      </Figures>
      <Figures
        title="Lines by level"
        figures={log}
        end={({ lines }) => <span className="soft">{counted(lines, 'line')} in all</span>}
      >
        {({ windows }) => (
          <div className="card-body">
            <Suspense fallback={<div className="skeleton chart-area" />}>
              <LevelsChart windows={windows} />
            </Suspense>
          </div>
        )}
      </Figures>
      <Tail service={service} />
      <Figures title="Patterns" figures={log}>
        {(found) => <Patterns log={found} />}
      </Figures>
    </div>
  );
}

function Anomalies({ log }: { readonly log: WatchedLog }) {
  const { anomalies, learning, learnedHours, learningHours } = log;
  return (
    <>
      {learning ? (
        <p className="card-body soft">
          Learning what is usual: {learnedHours} of {counted(learningHours, 'hour')}. Nothing is reported until then.
        </p>
      ) : null}
      {anomalies.length === 0 && !learning ? (
        <p className="card-body soft">Nothing unusual against the service's own past.</p>
      ) : null}
      <ol className="logs-anomalies" aria-label="Unusual">
        {anomalies.slice(0, 20).map(({ at, kind, level, reason, incident }) => (
          <li key={`${at} ${kind} ${reason}`}>
            <span className="soft number">{timeOfDay(at)}</span>
            <span className="chip" data-level={level ?? undefined}>
              {kind.replaceAll('-', ' ')}
            </span>
            <span className="logs-reason">{reason}</span>
            {incident === null ? null : (
              <Link to="/incidents/$id" params={{ id: incident } as never}>
                Incident
              </Link>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

/** What the sender of a line says of it beside. */
function Attributes({ of }: { readonly of: Readonly<Record<string, string>> }) {
  const pairs = Object.entries(of);
  if (pairs.length === 0) return null;
  return <span className="soft"> {pairs.map(([name, value]) => `${name}=${value}`).join(' ')}</span>;
}

/** The last lines as they are written; it follows the end unless it is stopped or scrolled up. */
function Tail({ service }: { readonly service: string }) {
  const [levels, setLevels] = useState('');
  const [isStopped, setStopped] = useState(false);
  const tail = useLive(['watched-tail', service, levels], () => readTail(service, levels));
  const [held, setHeld] = useState<typeof tail.data>(undefined);
  const shown = isStopped ? (held ?? tail.data) : tail.data;
  const box = useRef<HTMLElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const last = shown?.entries.at(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolled when another line is the last one.
  useLayoutEffect(() => {
    if (isAtEnd && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [last?.line, last?.at, isAtEnd]);
  return (
    <section className="card">
      <div className="card-head">
        <h2>Live tail</h2>
        <span className="end logs-tail-controls">
          <select
            className="input"
            aria-label="Lines"
            value={levels}
            onChange={(event) => setLevels(event.target.value)}
          >
            {LEVELS.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
          <Button
            aria-pressed={isStopped}
            onClick={() => {
              setHeld(tail.data);
              setStopped(!isStopped);
            }}
          >
            {isStopped ? 'Go on' : 'Stop'}
          </Button>
        </span>
      </div>
      {tail.error !== null && shown === undefined ? (
        <ErrorState error={tail.error} retry={() => void tail.refetch()} />
      ) : (
        <section
          ref={box}
          className="logs-tail"
          aria-label="Last lines"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
          tabIndex={0}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
            setAtEnd(scrollHeight - scrollTop - clientHeight < 30)
          }
        >
          {shown?.entries.map(({ line, at, level, text, attributes }) => (
            <div key={`${line} ${at}`} className="logs-line" data-level={level}>
              <span className="soft">{at === null ? '' : timeOfDay(at)}</span> <span>{level}</span> {text}
              <Attributes of={attributes} />
            </div>
          ))}
          {shown?.entries.length === 0 ? <p className="soft">No such line lately.</p> : null}
        </section>
      )}
    </section>
  );
}

function Patterns({ log: { patterns } }: { readonly log: WatchedLog }) {
  if (patterns.length === 0) return <p className="card-body soft">No message yet.</p>;
  return (
    <TableBox label="Patterns">
      <thead>
        <tr>
          <th>Message</th>
          <th>Level</th>
          <th>Lately</th>
          <th>Usually in 5 minutes</th>
          <th>First seen</th>
        </tr>
      </thead>
      <tbody>
        {patterns.slice(0, 50).map(({ template, level, lately, usual, firstSeenAt }) => (
          <tr key={`${template} ${firstSeenAt}`}>
            <td className="logs-template">{template}</td>
            <td>{level}</td>
            <td className="number">{numberText(lately)}</td>
            <td className="number">{numberText(usual)}</td>
            <td>{firstSeenAt === null ? 'new' : <Ago at={firstSeenAt} />}</td>
          </tr>
        ))}
      </tbody>
    </TableBox>
  );
}
