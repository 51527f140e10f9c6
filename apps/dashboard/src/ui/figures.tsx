import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState } from './states.tsx';
import type { Tone } from './words.ts';
import './figures.css';

/** A card that shows figures when they are there, and why not where they are not. */
export function Figures<T>(props: {
  readonly title: string;
  readonly figures: UseQueryResult<T, Error>;
  readonly end?: (figures: T) => ReactNode;
  readonly children: (figures: T) => ReactNode;
}) {
  const { title, figures, end, children } = props;
  return (
    <section className="card">
      <div className="card-head">
        <h2>{title}</h2>
        {figures.data === undefined || end === undefined ? null : <span className="end">{end(figures.data)}</span>}
      </div>
      {figures.data !== undefined ? (
        children(figures.data)
      ) : figures.error !== null ? (
        <ErrorState error={figures.error} retry={() => void figures.refetch()} />
      ) : (
        <div className="card-body">
          <div className="skeleton figures-skeleton" role="status" aria-label="Loading" />
        </div>
      )}
    </section>
  );
}

/** The look of every axis of a chart. */
export const CHART_AXIS = { tickLine: false, axisLine: false, tick: { fill: 'var(--soft)', fontSize: 11 } } as const;

/** The look of what a chart says at the pointer. */
export const CHART_TOOLTIP = {
  cursor: { fill: 'var(--hover)' },
  contentStyle: {
    background: 'var(--raised)',
    border: '1px solid var(--line)',
    borderRadius: 8,
    fontSize: 12,
  },
  labelStyle: { color: 'var(--ink)', fontWeight: 600 },
  itemStyle: { color: 'var(--ink)' },
} as const;

/** A share as a bar, for the eye only: the number stands beside it. */
export function Meter({ share, tone = 'accent' }: { readonly share: number; readonly tone?: Tone }) {
  return (
    <span className="meter" data-tone={tone} aria-hidden="true">
      <span style={{ width: `${Math.min(Math.max(share, 0), 1) * 100}%` }} />
    </span>
  );
}

/** A table that scrolls sideways where the window is too narrow for it. `settings`: its rows become blocks on a phone instead. */
export function TableBox(props: { readonly label: string; readonly settings?: true; readonly children: ReactNode }) {
  return (
    <section
      className="table-box"
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
      tabIndex={0}
    >
      <table className={props.settings === true ? 'table settings' : 'table'}>{props.children}</table>
    </section>
  );
}

/** Names and what they are of one thing. */
export function FactList(props: {
  readonly facts: readonly (readonly [name: string, value: ReactNode])[];
  readonly className?: string;
}) {
  return (
    <dl className={props.className}>
      {props.facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The numbers of a chart for those who do not see it; the first cell of a row is unlike that of every other. */
export function ChartTable(props: {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}) {
  const { caption, columns, rows } = props;
  return (
    // A table keeps the width of its cells, whatever it is told.
    <div className="visually-hidden">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column}>{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row[0]}>
              {row.map((cell, at) => (
                <td key={columns[at]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
