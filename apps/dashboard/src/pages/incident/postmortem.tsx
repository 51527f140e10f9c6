import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Postmortem as Draft } from '../../api/answers.ts';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Text } from '../../ui/text.tsx';
import { clockTime } from '../../ui/time.tsx';

const read = async (id: string): Promise<Draft> =>
  (await contentOf(await api.incidents[':id'].postmortem.$get({ param: { id }, query: {} }))) as Draft;

/** The draft of an incident's post-mortem: to read, to copy as Markdown and to save as a file. */
export function Postmortem({ id, close }: { readonly id: string; readonly close: () => void }) {
  const draft = useQuery({ queryKey: ['postmortem', id], queryFn: () => read(id) });
  return (
    <Dialog title="Post-mortem (draft)" close={close}>
      {draft.data === undefined ? (
        <p className="soft">{draft.error?.message ?? 'Loading …'}</p>
      ) : (
        <Sheet draft={draft.data} close={close} />
      )}
    </Dialog>
  );
}

function Sheet({ draft, close }: { readonly draft: Draft; readonly close: () => void }) {
  const [said, setSaid] = useState('');
  return (
    <div className="postmortem">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it. */}
      <div className="prose" tabIndex={0}>
        <p>
          <strong>
            <Text>{draft.headline}</Text>
          </strong>
        </p>
        <p className="soft">{draft.summary}</p>
        <p>
          <Text>{draft.outcome}</Text>
        </p>
        {draft.sections.map(({ id, title, facts, otherwise }) => (
          <section key={id}>
            <h3>{title}</h3>
            {facts.length === 0 ? <p className="soft">{otherwise}</p> : null}
            <ul>
              {facts.map(({ at, words, source }) => (
                <li key={`${source} ${at} ${words}`}>
                  {at === null ? null : <time dateTime={at}>{clockTime(at)} </time>}
                  <Text>{words}</Text> <span className="soft">({source})</span>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <div className="form-buttons">
        <span role="status" className="soft">
          {said}
        </span>
        <Button onClick={close}>Close</Button>
        <Button
          onClick={async () => {
            const isCopied = await navigator.clipboard.writeText(draft.markdown).then(
              () => true,
              () => false,
            );
            setSaid(isCopied ? 'Copied as Markdown.' : 'The browser does not allow copying: save it.');
          }}
        >
          Copy as Markdown
        </Button>
        <Button look="primary" onClick={() => save(draft)}>
          Save as file
        </Button>
      </div>
    </div>
  );
}

function save({ markdown, number, incident }: Draft): void {
  const url = URL.createObjectURL(new Blob([markdown], { type: 'text/markdown' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `postmortem-${number ?? incident}.md`;
  link.click();
  URL.revokeObjectURL(url);
}
