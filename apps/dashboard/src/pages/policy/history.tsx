import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Ago } from '../../ui/time.tsx';
import { carryOut, type Policy, type PolicyEvent, type PolicyRequest, preview } from './policy-api.ts';
import { valueWords } from './words.ts';

/** What would be changed, as the API says. */
export function Changes({ request }: { readonly request: PolicyRequest }) {
  const found = useQuery({ queryKey: ['config', 'preview', request], queryFn: () => preview(request), gcTime: 0 });
  if (found.error !== null) return <p className="refusal">{found.error.message}</p>;
  if (found.data === undefined) return <p className="soft">Checking what would change …</p>;
  if (found.data.changes.length === 0) return <p className="notice">Nothing would change.</p>;
  return (
    <>
      <ul className="changes" aria-label="What changes">
        {found.data.changes.map(({ field, before, after }) => (
          <li key={field}>
            <span className="mono">{field}</span>
            <span>
              <del>{before === undefined ? 'as deployed' : valueWords(before)}</del> →{' '}
              <ins>{after === undefined ? 'as deployed' : valueWords(after)}</ins>
            </span>
          </li>
        ))}
      </ul>
      <LastWeek found={found.data.preview} />
    </>
  );
}

type Found = Awaited<ReturnType<typeof preview>>['preview'];

/** What the change would have done to the last week; nothing where it does nothing to what comes in. */
function LastWeek({ found }: { readonly found: Found }) {
  if (found === null) return null;
  return (
    <ul className="changes" aria-label="The last week">
      {found.effects.map(({ rule, setting, words }) => (
        <li key={`${rule} ${setting}`}>{words}</li>
      ))}
      {found.partial ? <li>Only the newest part of the week was read: there is too much of it.</li> : null}
    </ul>
  );
}

/** Who changed what, when and why; any version can be restored. */
export function PolicyHistory({ policy, refresh }: { readonly policy: Policy; readonly refresh: () => Promise<void> }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const history = useQuery({
    queryKey: ['config', 'history'],
    queryFn: async () => (await contentOf(await api.config.history.$get({ query: {} }))).entries,
  });
  return (
    <section className="card">
      <h2>History</h2>
      {history.error === null ? null : <p className="card-body refusal">{history.error.message}</p>}
      {history.data?.length === 0 ? <p className="card-body soft">Nobody has changed anything yet.</p> : null}
      <ul className="policy-history">
        {history.data?.map((entry) => (
          <li key={entry.sequence}>
            <div>
              <strong>{wordsOf(entry)}</strong>
              <p>
                {entry.reason} <span className="soft">– {entry.by}</span>
              </p>
              {entry.changes === null ? null : <p className="soft mono">{entry.changes}</p>}
            </div>
            <span className="end soft">
              <Ago at={entry.at} />
            </span>
            {entry.revision === null || entry.revision === policy.revision ? (
              <span className="soft">{entry.revision === null ? '' : 'holds now'}</span>
            ) : (
              <Button onClick={() => setChosen(entry.revision)} aria-label={`Restore version ${entry.revision}`}>
                Restore
              </Button>
            )}
          </li>
        ))}
      </ul>
      {chosen === null ? null : (
        <Confirm
          title={`Restore version ${chosen}?`}
          verb="Restore it"
          confirm={async (reason) => {
            await carryOut({ kind: 'restore', revision: chosen }, { reason, seen: policy.tag });
            await refresh();
          }}
          refresh={async () => {
            await refresh();
            setChosen(null);
          }}
          close={() => setChosen(null)}
        >
          <Changes request={{ kind: 'restore', revision: chosen }} />
        </Confirm>
      )}
    </section>
  );
}

const EVENTS: Readonly<Record<string, string>> = {
  changed: 'Changed',
  reset: 'Reset to what was deployed',
  restored: 'An earlier version was restored',
  stopped: 'Everything was stopped',
  resumed: 'Resumed',
};

function wordsOf({ what, revision }: PolicyEvent): string {
  const words = EVENTS[what] ?? what;
  return revision === null ? words : `${words}: version ${revision}`;
}
