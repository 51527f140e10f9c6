import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { isLocal } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Ago } from '../../ui/time.tsx';
import { breakages, breakIt, mails } from './local-api.ts';
import './local.css';

/** What only `npm start` has: failures on request, and the mails that were sent. */
export default function LocalPage() {
  if (!isLocal)
    return (
      <EmptyState page icon="laptop" title="Only under npm start">
        A deployment has no mailbox of its own and breaks nothing on request.
      </EmptyState>
    );
  return (
    <div className="page">
      <div className="page-head">
        <h1>This machine</h1>
      </div>
      <div className="local">
        <Breakages />
        <Mailbox />
      </div>
    </div>
  );
}

function Breakages() {
  const list = useQuery({ queryKey: ['breakages'], queryFn: breakages, staleTime: Number.POSITIVE_INFINITY });
  const begin = useMutation({ mutationFn: breakIt });
  return (
    <section className="card">
      <div className="card-head">
        <h2>Break something</h2>
        <Link to="/incidents" className="end">
          Watch the incidents
        </Link>
      </div>
      <p role="status" className="begun soft">
        {begin.data?.message ??
          begin.error?.message ??
          'Each failure happens in the sample company, with its real webhooks and alarms.'}
      </p>
      {list.error === null ? null : <ErrorState error={list.error} retry={() => void list.refetch()} />}
      <ul className="breakages">
        {list.data?.map(({ id, title, about }) => (
          <li key={id}>
            <div>
              <strong>{title}</strong>
              <p className="soft">{about}</p>
            </div>
            <Button disabled={begin.isPending} onClick={() => begin.mutate(id)} aria-label={`Break: ${title}`}>
              Break
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Mailbox() {
  const box = useLive(['mails'], mails);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <section className="card">
      <h2>Mailbox</h2>
      {box.data === undefined && box.error !== null ? (
        <ErrorState error={box.error} retry={() => void box.refetch()} />
      ) : null}
      {box.data?.length === 0 ? (
        <EmptyState icon="mail" title="No mail yet">
          Mails to the people on call arrive here instead of leaving this machine.
        </EmptyState>
      ) : null}
      <ul className="mails">
        {box.data?.map(({ id, subject, to, at, text }) => (
          <li key={id}>
            <button type="button" aria-expanded={open === id} onClick={() => setOpen(open === id ? null : id)}>
              <strong>{subject}</strong>
              <span className="soft">
                to {to}, <Ago at={at} />
              </span>
            </button>
            {open === id ? <pre>{text}</pre> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
