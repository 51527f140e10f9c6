import '@fontsource-variable/jetbrains-mono/wght.css';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useRef } from 'react';
import { isLocal } from '../../api/client.ts';
import { useKeys } from '../../ui/keys.ts';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { counted } from '../../ui/words.ts';
import { type Preview, previews } from '../local/local-api.ts';
import './previews.css';

/** What people are told on each occasion, as the notifiers word it: made up, and sent to nobody. */
export default function PreviewsPage() {
  const list = useQuery({ queryKey: ['previews'], queryFn: previews, enabled: isLocal });
  if (!isLocal)
    return (
      <EmptyState page icon="mail" title="Only under npm start">
        A deployment shows its notifications where they are sent.
      </EmptyState>
    );
  if (list.data === undefined)
    return list.error === null ? (
      <LoadingState />
    ) : (
      <ErrorState page error={list.error} retry={() => void list.refetch()} />
    );
  return <Loaded list={list.data} />;
}

function Loaded({ list }: { readonly list: readonly Preview[] }) {
  const search = useSearch({ strict: false }) as { show?: string };
  const navigate = useNavigate();
  const choices = useRef<HTMLUListElement>(null);
  const at = Math.max(
    0,
    list.findIndex(({ title }) => title === search.show),
  );
  const choose = (next: number) => {
    const show = list[Math.min(Math.max(next, 0), list.length - 1)]?.title ?? '';
    void navigate({ to: '/previews', search: { show } as never, replace: true });
  };
  useKeys({
    j: () => choose(at + 1),
    k: () => choose(at - 1),
    '/': () => choices.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus(),
  });
  const shown = list[at];
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Notifications</h1>
          <p className="soft">What people are told on each occasion. The incidents are made up; nothing is sent.</p>
        </div>
      </div>
      <div className="previews">
        <ul ref={choices} className="card preview-choices" aria-label="Occasions">
          {list.map(({ title, channels }, index) => (
            <li key={title}>
              <button type="button" aria-pressed={index === at} onClick={() => choose(index)}>
                <span>{title}</span>
                <span className="soft">{channelWords(channels)}</span>
              </button>
            </li>
          ))}
        </ul>
        <div className="preview-messages" aria-live="polite">
          {shown?.channels.map(({ id, title, why, message }) => (
            <section key={id} className="card" aria-label={title}>
              <div className="card-head">
                <h2>{title}</h2>
                <span className="end soft">
                  {message === null ? 'silent' : counted(message.text.length, 'character')}
                </span>
              </div>
              {message === null ? (
                <p className="card-body soft">This channel says nothing about it: {why}.</p>
              ) : (
                <>
                  {message.subject === null ? null : <p className="preview-subject">{message.subject}</p>}
                  {message.html === undefined ? null : (
                    <p className="card-body">
                      <a href={`/local-api/previews/${at}.html`} target="_blank" rel="noreferrer">
                        Open it as a mail program shows it
                      </a>
                    </p>
                  )}
                  {LOOKS.has(id) ? (
                    <p className="card-body">
                      <a href={`/local-api/looks/${id}.html`} target="_blank" rel="noreferrer">
                        Open all messages of this channel as they look there
                      </a>
                    </p>
                  ) : null}
                  <pre>{message.text}</pre>
                </>
              )}
            </section>
          ))}
        </div>
      </div>
    </div>
  );
}

/** Channels whose service shows more than plain text. */
const LOOKS: ReadonlySet<string> = new Set(['slack', 'teams', 'jira', 'github-check', 'github-issue']);

function channelWords(channels: Preview['channels']): string {
  const speaking = channels.filter(({ message }) => message !== null).map(({ id }) => id.replace('github-', ''));
  return speaking.length === 0 ? 'nobody is told' : speaking.join(', ');
}
