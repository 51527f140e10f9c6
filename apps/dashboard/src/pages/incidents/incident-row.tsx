import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { IncidentSummary } from '../../api/answers.ts';
import { Status } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { classWords, percent, subjectWords } from '../../ui/words.ts';
import './incidents.css';

interface IncidentRowProps {
  readonly incident: IncidentSummary;
  /** Its place, 1-based, in a list of which not all rows are in the page, and how many there are. */
  readonly position?: number;
  readonly total?: number;
}

/** One incident in a list, as a link to its story. */
export const IncidentRow = memo(function IncidentRow({ incident, position, total }: IncidentRowProps) {
  const { name, detail } = subjectWords(incident.subject);
  const { confidence, reason, occurrences } = incident;
  return (
    <li aria-posinset={position} aria-setsize={total}>
      <Link to="/incidents/$id" params={{ id: incident.id } as never} className="row">
        <Status status={incident.status} id={incident.id} />
        <span className="row-words">
          <strong className="cut row-title">{incident.title}</strong>
          <span className="row-reason cut soft">
            {incident.title === name ? detail : `${name} · ${detail}`}
            {reason === null ? '' : ` · ${reason}`}
          </span>
        </span>
        <span className="row-class">
          <span className="chip">
            {classWords(incident.class)}
            {confidence === null ? '' : ` · ${percent(confidence)}`}
          </span>
          {occurrences > 1 ? <span className="chip number">×{occurrences}</span> : null}
        </span>
        <span className="row-time soft">
          <Ago at={incident.openedAt} />
        </span>
      </Link>
    </li>
  );
});

const ROWS = ['a', 'b', 'c', 'd', 'e', 'f'];

export function RowsLoading() {
  return (
    <div role="status" aria-label="Loading" className="rows">
      {ROWS.map((row) => (
        <div key={row} className="row">
          <span className="skeleton" style={{ width: 90, height: 20 }} />
          <span className="row-words">
            <span className="skeleton" style={{ width: '38%', height: 14, marginBottom: 7 }} />
            <span className="skeleton" style={{ width: '72%', height: 12 }} />
          </span>
        </div>
      ))}
    </div>
  );
}
