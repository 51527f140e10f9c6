import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { InferResponseType } from 'hono/client';
import { type DragEvent, useMemo, useRef, useState } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Meter } from '../../ui/figures.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { Text } from '../../ui/text.tsx';
import { classWords, counted, percent } from '../../ui/words.ts';
import { LogViewer } from '../incident/log-viewer.tsx';
import '../incident/incident.css';
import { type ReadLog, readLogFile, readPastedLog, wholeLine } from './read-log.ts';
import '../../ui/form.css';
import './try.css';

type Triage = InferResponseType<typeof api.logs.analyze.$post, 200>;

interface Answer {
  readonly log: ReadLog;
  readonly triage: Triage;
}

const SHOWN_ANOMALIES = 8;

/** What Selfheal makes of a log that somebody has at hand. Nothing is stored. */
export default function TryPage() {
  const [progress, setProgress] = useState<number | null>(null);
  const reading = useRef<AbortController | null>(null);
  const analysis = useMutation({
    mutationFn: async (given: File | string): Promise<Answer> => {
      const controller = new AbortController();
      reading.current = controller;
      try {
        setProgress(0);
        const log =
          typeof given === 'string'
            ? readPastedLog(given)
            : await readLogFile(given, {
                signal: controller.signal,
                onProgress: (share) => setProgress(Math.round(share * 50) / 50),
              });
        setProgress(null);
        return { log, triage: await contentOf(await api.logs.analyze.$post({ json: { logs: log.text } })) };
      } finally {
        setProgress(null);
      }
    },
  });
  const isStopped = analysis.error?.name === 'AbortError';
  return (
    <div className="page try">
      <div className="page-head">
        <div>
          <h1>Try a log</h1>
          <p className="soft">See what failed and why. The log is redacted first and not stored.</p>
        </div>
      </div>
      <Given isBusy={analysis.isPending} give={(given) => analysis.mutate(given)} />
      <div role="status" className="try-status">
        {analysis.isPending ? (
          <p className="card card-body try-progress">
            <span>{progress === null ? 'Analysing …' : `Reading the file: ${percent(progress)}`}</span>
            {progress === null ? null : <Button onClick={() => reading.current?.abort()}>Stop</Button>}
          </p>
        ) : null}
        {isStopped ? <p className="soft">Stopped. Nothing was sent.</p> : null}
      </div>
      {analysis.error === null || isStopped ? null : <ErrorState error={analysis.error} />}
      {analysis.data === undefined ? null : <Result answer={analysis.data} />}
    </div>
  );
}

function Given({ isBusy, give }: { readonly isBusy: boolean; readonly give: (given: File | string) => void }) {
  const [text, setText] = useState('');
  const [isOver, setIsOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined && !isBusy) give(file);
  };
  return (
    <form
      className="card card-body given"
      aria-label="The log"
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
      onSubmit={(event) => {
        event.preventDefault();
        give(text);
      }}
    >
      <label htmlFor="log" className="label">
        Paste a log, or drop a file here
      </label>
      <textarea
        id="log"
        className="input mono"
        rows={8}
        spellCheck={false}
        placeholder={'npm error code ERESOLVE\nnpm error ERESOLVE unable to resolve dependency tree'}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="given-buttons">
        <Button look="primary" type="submit" disabled={isBusy || text.trim() === ''}>
          Analyse
        </Button>
        <Button disabled={isBusy} onClick={() => chooser.current?.click()}>
          Choose a file
        </Button>
        <input
          ref={chooser}
          type="file"
          className="visually-hidden"
          aria-label="Log file"
          tabIndex={-1}
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            if (file !== undefined) give(file);
            event.target.value = '';
          }}
        />
        <span className="soft">Text or .gz, of any size.</span>
      </div>
    </form>
  );
}

function Result({ answer: { log, triage } }: { readonly answer: Answer }) {
  const cause = triage.root_cause;
  const excerpt = useMemo(() => excerptOf(log, triage), [log, triage]);
  return (
    <div className="story-main" aria-live="polite">
      <section className="card">
        <div className="card-head">
          <h2>{cause.failed ? 'What failed' : 'Nothing reports a failure'}</h2>
          <span className="end soft">
            {log.name}, {counted(log.lines, 'line')}
          </span>
        </div>
        <div className="card-body verdict">
          <div className="prose">
            <p className="verdict-class">{cause.failed ? classWords(cause.class) : 'No line reports a failure.'}</p>
            <p className="lines">
              <Text>{cause.cause}</Text>
            </p>
            {cause.fix === '' ? null : (
              <>
                <h3>How to fix it</h3>
                <p className="lines">
                  <Text>{cause.fix}</Text>
                </p>
              </>
            )}
            {cause.prevention === '' ? null : (
              <>
                <h3>Prevention</h3>
                <p className="lines">
                  <Text>{cause.prevention}</Text>
                </p>
              </>
            )}
            {log.note === null ? null : <p className="notice">{log.note}</p>}
          </div>
          {cause.failed ? <Confidence cause={cause} /> : null}
        </div>
      </section>
      <section className="card">
        <h2>The lines that decided</h2>
        {excerpt.length === 0 ? (
          <p className="card-body soft">No line is cited.</p>
        ) : (
          <LogViewer logs={[{ name: log.name, url: null, totalLines: log.lines, lines: excerpt }]} />
        )}
      </section>
      <Recommended actions={triage.recommended_actions} />
      <Similar similar={triage.similar_incidents} />
      <Anomalies log={log} triage={triage} />
    </div>
  );
}

function Confidence({ cause }: { readonly cause: Triage['root_cause'] }) {
  const rows = [{ class: cause.class, confidence: cause.confidence }, ...cause.alternatives];
  return (
    <ul className="confidence" aria-label="Confidence by class">
      {rows.map((row, at) => (
        <li key={row.class}>
          {at === 0 ? <strong>{classWords(row.class)}</strong> : <span>{classWords(row.class)}</span>}
          <span className="number">{percent(row.confidence)}</span>
          <Meter share={row.confidence} tone={at === 0 ? 'accent' : 'none'} />
        </li>
      ))}
      <li className="verdict-facts soft">
        Verdict: {cause.verdict}
        {cause.signature === null ? '' : `; known sign ${cause.signature}`}
      </li>
    </ul>
  );
}

function Recommended({ actions }: { readonly actions: Triage['recommended_actions'] }) {
  if (actions.length === 0) return null;
  return (
    <section className="card">
      <h2>What may help</h2>
      <ul className="actions">
        {actions.map(({ action, title, why, risk, expectedBenefit }) => (
          <li key={`${action} ${title}`}>
            <span className="pill plain" data-tone={action === null ? 'none' : 'accent'}>
              {action === null ? 'Advice' : 'Action'}
            </span>
            <div>
              <strong>{title}</strong>
              <p className="soft">{[why, risk === null ? '' : `Risk: ${risk}.`].filter(Boolean).join(' ')}</p>
            </div>
            <span className="end soft number" title="The chance that it helps">
              {percent(expectedBenefit)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Similar({ similar }: { readonly similar: Triage['similar_incidents'] }) {
  if (similar.length === 0) return null;
  return (
    <section className="card">
      <h2>Seen before</h2>
      <ul className="actions">
        {similar.map(({ id, kind, summary, resolution, score, reasons }) => (
          <li key={id}>
            <span className="pill plain">{percent(score)} alike</span>
            <div>
              {kind === 'incident' ? (
                <Link to="/incidents/$id" params={{ id } as never}>
                  {summary}
                </Link>
              ) : (
                <strong>{summary}</strong>
              )}
              <p className="lines">{resolution}</p>
              <p className="soft">{reasons.join('; ')}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Anomalies({ log, triage: { anomalies } }: { readonly log: ReadLog; readonly triage: Triage }) {
  if (anomalies.length === 0) return null;
  return (
    <section className="card">
      <h2>Unusual lines</h2>
      <ul className="unusual">
        {anomalies.slice(0, SHOWN_ANOMALIES).map(({ line, text, reason }) => (
          <li key={line}>
            <span className="soft number">{wholeLine(log, line)}</span>
            <div>
              <code className="mono">{text}</code>
              <p className="soft">{reason}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Lines around each one that decided. */
const CONTEXT = 6;
/** Characters of a line. */
const MAX_LENGTH = 2000;

/** The cited lines with what stands around them, in the log's own numbers. The words of cited lines are the API's: redacted. */
function excerptOf(log: ReadLog, { root_cause: { evidence } }: Triage) {
  const cited = new Map(evidence.map(({ line, text }) => [line, text]));
  const lines = log.text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const near = new Set(
    [...cited.keys()].flatMap((line) => Array.from({ length: 2 * CONTEXT + 1 }, (_, at) => line - CONTEXT + at)),
  );
  return [...near]
    .filter((line) => line >= 1 && line <= lines.length)
    .sort((a, b) => a - b)
    .map((line) => ({
      number: wholeLine(log, line),
      text: cited.get(line) ?? (lines[line - 1] ?? '').slice(0, MAX_LENGTH),
      cited: cited.has(line),
    }));
}
