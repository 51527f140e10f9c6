import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { useListKeys } from '../../ui/keys.ts';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Text } from '../../ui/text.tsx';
import { Until } from '../../ui/time.tsx';
import { RISKS } from '../../ui/words.ts';
import { RowsLoading } from '../incidents/incident-row.tsx';
import './approvals.css';

/** The plans that wait for a person, oldest first. */
export default function ApprovalsPage() {
  const list = useRef<HTMLOListElement>(null);
  const waiting = useLive(['approvals'], async () => contentOf(await api.approvals.$get()));
  useListKeys(list);
  const approvals = waiting.data?.approvals ?? [];
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Approvals</h1>
          <p className="soft">Plans that wait for a person, oldest first. Without an answer nothing is changed.</p>
        </div>
      </div>
      {waiting.data === undefined && waiting.error !== null ? (
        <ErrorState error={waiting.error} retry={() => void waiting.refetch()} />
      ) : (
        <div className="card">
          {waiting.data === undefined ? <RowsLoading /> : null}
          {waiting.data !== undefined && approvals.length === 0 ? (
            <EmptyState icon="check" title="Nothing waits for you">
              When Selfheal may not act by itself, the plan appears here, and the people on call get a mail.
            </EmptyState>
          ) : null}
          <ol className="rows" ref={list} aria-label="Plans that wait">
            {approvals.map(({ incidentId, digest, title, failure, place, askedBy, risk, expiresAt, mayApprove }) => (
              <li key={digest}>
                <Link
                  to="/approvals/$incidentId/$digest"
                  params={{ incidentId, digest } as never}
                  className="row approval-row"
                >
                  <span className="pill plain" data-tone={RISKS[risk] ?? 'none'}>
                    {risk} risk
                  </span>
                  <span className="row-words">
                    <strong className="cut">{title}</strong>
                    <span className="cut">{failure === null ? null : <Text>{failure}</Text>}</span>
                    <span className="soft cut">
                      {place} · asked by {askedBy ?? 'Selfheal'}
                    </span>
                  </span>
                  <span className="soft">{mayApprove ? '' : 'not yours to approve'}</span>
                  <span className="row-time soft">
                    expires <Until at={expiresAt} />
                  </span>
                </Link>
              </li>
            ))}
          </ol>
        </div>
      )}
    </div>
  );
}
