import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import '@fontsource-variable/jetbrains-mono/wght.css';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { IncidentStory } from '../../api/answers.ts';
import { Button } from '../../ui/button.tsx';
import { rowsOf } from '../../ui/rows.ts';
import { counted } from '../../ui/words.ts';

type Log = IncidentStory['logs'][number];

/** Pixels; the style sheet has the same. */
const ROW_HEIGHT = 21;
const MAX_HEIGHT = 430;

/** Where the row stands in the middle of the window. */
const offsetOf = (row: number): number => Math.max(0, row * ROW_HEIGHT - MAX_HEIGHT / 2);

/** The logs that were read, with the lines that the diagnosis rests on lit up. Only the lines in view are in the page. */
export function LogViewer({ logs }: { readonly logs: readonly Log[] }) {
  // The log that the diagnosis rests on.
  const [chosen, setChosen] = useState(() =>
    Math.max(
      0,
      logs.findIndex(({ lines }) => lines.some(({ cited }) => cited)),
    ),
  );
  const log = logs[Math.min(chosen, logs.length - 1)];
  if (log === undefined) return <p className="card-body soft">No log could be read.</p>;
  return (
    <>
      {logs.length > 1 ? (
        <fieldset className="log-tabs groups" aria-label="Log">
          {logs.map(({ name }, index) => (
            <button key={name} type="button" aria-pressed={log === logs[index]} onClick={() => setChosen(index)}>
              <span className="cut">{name}</span>
            </button>
          ))}
        </fieldset>
      ) : null}
      <OneLog key={log.name} log={log} />
    </>
  );
}

function OneLog({ log }: { readonly log: Log }) {
  const rows = useMemo(() => rowsOf(log.lines), [log.lines]);
  const cited = useMemo(() => rows.flatMap((row, index) => (row.kind === 'line' && row.cited ? [index] : [])), [rows]);
  const [at, setAt] = useState(0);
  const box = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 20,
    initialOffset: offsetOf(cited[0] ?? 0),
  });
  const first = cited[0];
  useLayoutEffect(() => {
    // Rows are equally high, so the place is known before anything is measured.
    if (first !== undefined && box.current !== null) box.current.scrollTop = offsetOf(first);
  }, [first]);
  const goTo = (next: number) => {
    const index = (next + cited.length) % cited.length;
    setAt(index);
    virtual.scrollToIndex(cited[index] ?? 0, { align: 'center' });
  };
  return (
    <div className="log">
      <div className="log-head">
        <strong className="cut">{log.name}</strong>
        <span className="soft">
          {counted(log.lines.length, 'line')} of {numberText(log.totalLines)}
        </span>
        {log.url === null ? null : (
          <a href={log.url} rel="noreferrer noopener" target="_blank">
            Whole log
          </a>
        )}
        {cited.length === 0 ? null : (
          <span className="end">
            <span className="soft number" aria-live="polite">
              cited {at + 1} of {cited.length}
            </span>
            <Button onClick={() => goTo(at - 1)} aria-label="Previous cited line">
              ↑
            </Button>
            <Button onClick={() => goTo(at + 1)} aria-label="Next cited line">
              ↓
            </Button>
          </span>
        )}
      </div>
      <section
        ref={box}
        className="log-lines"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
        tabIndex={0}
        aria-label={`Lines of ${log.name}`}
        style={{ height: Math.min(MAX_HEIGHT, rows.length * ROW_HEIGHT + 16) }}
      >
        <div className="log-whole" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const place = { transform: `translateY(${start}px)` };
            return row.kind === 'gap' ? (
              <div key={key} className="log-gap" style={place}>
                {counted(row.lines, 'line')} left out
              </div>
            ) : (
              <div key={key} className="log-line" style={place} data-cited={row.cited || undefined}>
                <span className="log-number" aria-hidden="true">
                  {row.number}
                </span>
                {row.cited ? <mark>{row.text}</mark> : row.text}
                {row.repeats === 1 ? null : (
                  <span className="log-repeats">{counted(row.repeats, 'time')} in a row</span>
                )}
              </div>
            );
          })}
        </div>
      </section>
    </div>
  );
}
