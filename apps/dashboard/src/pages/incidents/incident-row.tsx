import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { IncidentSummary } from '../../api/answers.ts';
import { Status } from '../../ui/status.tsx';
import { Text } from '../../ui/text.tsx';
import { Ago } from '../../ui/time.tsx';
import { classWords, counted, subjectWords } from '../../ui/words.ts';
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
  const { diagnosis, reason, occurrences, lastSeenAt, openedAt } = incident;
  const where = incident.title === name ? name : `${name} ${detail.split(' · ')[0]}`;
  return (
    <li aria-posinset={position} aria-setsize={total}>
      <Link to="/incidents/$id" params={{ id: incident.id } as never} className="row">
        <Status status={incident.status} id={incident.id} />
        <span className="row-words">
          <strong className="cut row-title">
            <Text>{diagnosis ?? incident.title}</Text>
          </strong>
          <span className="row-reason cut soft">
            {incident.number === null ? '' : `#${incident.number} · `}
            {where}
            {diagnosis === null || incident.title === name ? '' : ` · ${incident.title}`}
            {reason === null ? '' : ` · ${reason}`}
          </span>
        </span>
        <span className="row-class">
          <span className="chip">{classWords(incident.class)}</span>
          {incident.subject.kind === 'report' && incident.subject.simulated ? (
            <span className="chip">simulated</span>
          ) : null}
          {occurrences > 1 ? <span className="chip number">{counted(occurrences, 'time')}</span> : null}
        </span>
        <span className="row-time soft">
          <Ago at={lastSeenAt} />
          {lastSeenAt === openedAt ? null : <span className="visually-hidden"> last seen</span>}
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
