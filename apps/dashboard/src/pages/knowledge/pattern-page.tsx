import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import '@fontsource-variable/jetbrains-mono/wght.css';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm, Conflict } from '../../ui/dialog.tsx';
import { FactList, Meter } from '../../ui/figures.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { Ago, clockTime } from '../../ui/time.tsx';
import { classWords, percent } from '../../ui/words.ts';
import '../incident/incident.css';
import { EditPattern } from './edit-pattern.tsx';
import { approvePattern, type Pattern, removePattern, restorePattern } from './pattern-api.ts';
import { STAGES, scopeWords } from './words.tsx';
import './knowledge.css';

/** One pattern: how its failure is recognised, what helps, how it came to count as it does, and its earlier versions. */
export default function PatternPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const { scope = '' } = useSearch({ strict: false }) as { scope?: string };
  const pattern = useQuery({
    queryKey: ['knowledge', 'pattern', scope, id],
    queryFn: async () => contentOf(await api.knowledge.patterns[':id'].$get({ param: { id }, query: { scope } })),
  });
  if (pattern.data === undefined)
    return pattern.error === null ? (
      <LoadingState />
    ) : (
      <ErrorState page list="/knowledge" error={pattern.error} retry={() => void pattern.refetch()} />
    );
  return <Loaded pattern={pattern.data} />;
}

type Asked = 'remove' | 'edit' | null;

function Loaded({ pattern }: { readonly pattern: Pattern }) {
  const [asked, setAsked] = useState<Asked>(null);
  const refresh = useRefresh();
  const approve = useMutation({ mutationFn: () => approvePattern(pattern), onSuccess: refresh });
  const { label, tone, meaning } = STAGES[pattern.stage];
  return (
    <article className="page story">
      <header className="story-head">
        <nav aria-label="Where you are" className="crumbs">
          <Link to="/knowledge" search={{ scope: pattern.scope } as never}>
            Knowledge
          </Link>
          <Icon name="right" size={14} />
          <span className="cut">{scopeWords(pattern.scope)}</span>
        </nav>
        <h1>{pattern.title}</h1>
        <p className="story-meta">
          <span className="pill" data-tone={pattern.retired === null ? tone : 'none'}>
            {pattern.retired === null ? label : 'Removed'}
          </span>
          <span className="soft">
            {pattern.retired === null ? meaning : `It counts no longer: ${pattern.retired.reason}`}
          </span>
        </p>
      </header>
      <div className="story-columns">
        <div className="story-main">
          {pattern.needsApproval.length > 0 && pattern.retired === null ? (
            <section className="card card-body waiting" data-tone="accent">
              <div>
                <strong>A person has to approve it</strong>
                <p>Its tags ({pattern.needsApproval.join(', ')}) keep it a suggestion until then.</p>
                <Conflict error={approve.error} refresh={refresh} />
              </div>
              <Button look="primary" onClick={() => approve.mutate()} disabled={approve.isPending}>
                Approve it
              </Button>
            </section>
          ) : null}
          <section className="card">
            <div className="card-head">
              <h2>What it says</h2>
              <span className="end pattern-buttons">
                <Button onClick={() => setAsked('edit')}>Edit</Button>
                {pattern.retired === null ? (
                  <Button look="bad" onClick={() => setAsked('remove')}>
                    Remove
                  </Button>
                ) : null}
              </span>
            </div>
            <div className="card-body prose">
              <h3>Recognised by</h3>
              <p className="wording mono">{pattern.wording}</p>
              <h3>What helps</h3>
              <p className="lines">{pattern.solution}</p>
              {pattern.tags.length === 0 ? null : (
                <p className="chips">
                  {pattern.tags.map((tag) => (
                    <span key={tag} className="chip">
                      {tag}
                    </span>
                  ))}
                </p>
              )}
            </div>
          </section>
          <Outcomes pattern={pattern} />
          <History pattern={pattern} />
          <Versions pattern={pattern} refresh={refresh} />
        </div>
        <Facts pattern={pattern} />
      </div>
      {asked === 'remove' ? (
        <Confirm
          title="Remove this pattern?"
          verb="Remove it"
          look="bad"
          confirm={async (reason) => {
            await removePattern(pattern, reason);
            await refresh();
          }}
          close={() => setAsked(null)}
        >
          <p>It is no longer used or shown. You can restore an earlier version on this page.</p>
        </Confirm>
      ) : null}
      {asked === 'edit' ? <EditPattern pattern={pattern} refresh={refresh} close={() => setAsked(null)} /> : null}
    </article>
  );
}

function useRefresh(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['knowledge'] });
}

function Outcomes({ pattern: { outcomes } }: { readonly pattern: Pattern }) {
  return (
    <section className="card">
      <h2>When it was used</h2>
      {outcomes.length === 0 ? <p className="card-body soft">It has not been used yet.</p> : null}
      <ul className="actions">
        {outcomes.toReversed().map(({ incident, at, helped, by, trusted, minutes }) => (
          <li key={`${incident} ${at}`}>
            <span className="pill" data-tone={helped ? 'good' : 'bad'}>
              {helped ? 'Helped' : 'Did not help'}
            </span>
            <div>
              <Link to="/incidents/$id" params={{ id: incident } as never} className="mono">
                {incident}
              </Link>
              <p className="soft">
                {by === 'human' ? 'reported by a person' : 'verified'}
                {minutes === null ? '' : `; ${Math.round(minutes)} min`}
                {trusted ? '' : '; outsiders could have staged it: it raises nothing'}
              </p>
            </div>
            <span className="end soft">
              <Ago at={at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function History({ pattern: { history } }: { readonly pattern: Pattern }) {
  return (
    <section className="card">
      <h2>How its confidence came about</h2>
      <ol className="confidence-steps">
        {history.toReversed().map(({ at, confidence, stage, reason }) => (
          <li key={`${at} ${reason}`}>
            <span className="number">{percent(confidence)}</span>
            <Meter share={confidence} />
            <div>
              <p>{reason}</p>
              <p className="soft">{STAGES[stage].label}</p>
            </div>
            <span className="soft">
              <Ago at={at} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Versions({ pattern, refresh }: { readonly pattern: Pattern; readonly refresh: () => Promise<void> }) {
  const { id, scope, revision } = pattern;
  const [chosen, setChosen] = useState<number | null>(null);
  const versions = useQuery({
    queryKey: ['knowledge', 'versions', scope, id, revision],
    queryFn: async () =>
      (await contentOf(await api.knowledge.patterns[':id'].versions.$get({ param: { id }, query: { scope } })))
        .versions,
  });
  const [latest] = versions.data ?? [];
  return (
    <section className="card">
      <div className="card-head">
        <h2>Earlier versions</h2>
        {latest === undefined ? null : (
          <span className="end">
            <Button onClick={() => setChosen(latest.revision)}>Undo the last change</Button>
          </span>
        )}
      </div>
      {versions.error === null ? null : <p className="card-body refusal">{versions.error.message}</p>}
      {versions.data?.length === 0 ? <p className="card-body soft">It was never changed.</p> : null}
      <ul className="actions">
        {versions.data?.map((version) => (
          <li key={version.revision}>
            <span className="pill plain">Version {version.revision}</span>
            <div>
              <strong>{version.title}</strong>
              <p className="soft">{differencesOf(version, pattern)}</p>
            </div>
            <span className="end">
              <Button onClick={() => setChosen(version.revision)}>Restore</Button>
            </span>
          </li>
        ))}
      </ul>
      {chosen === null ? null : (
        <Confirm
          title={`Restore version ${chosen}?`}
          verb="Restore it"
          withoutReason
          confirm={async () => {
            await restorePattern(pattern, chosen);
            await refresh();
          }}
          close={() => setChosen(null)}
        >
          <p>Title, solution, class, tags and service are set back to that version. What was learned since stays.</p>
        </Confirm>
      )}
    </section>
  );
}

const COMPARED = ['title', 'solution', 'class', 'tags', 'service', 'parent'] as const;

function differencesOf(version: Pick<Pattern, (typeof COMPARED)[number] | 'retired'>, now: Pattern): string {
  const fields: string[] = COMPARED.filter((name) => String(version[name]) !== String(now[name]));
  if ((version.retired === null) !== (now.retired === null))
    fields.push(version.retired === null ? 'not removed' : 'removed');
  return fields.length === 0 ? 'The words are the same as now.' : `Differs from now in: ${fields.join(', ')}.`;
}

const SOURCES: Readonly<Record<Pattern['source'], string>> = {
  written: 'written by a person',
  human: 'learned from a person',
  verified: 'learned from a verified action',
  imported: 'imported',
};

function Facts({ pattern }: { readonly pattern: Pattern }) {
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Class', classWords(pattern.class)],
    ['Confidence', percent(pattern.confidence)],
    [
      'Helped',
      pattern.helped === null
        ? 'not used yet'
        : `${numberText(pattern.helped.hits)} of ${numberText(pattern.helped.cases)}, ${numberText(pattern.verified)} verified`,
    ],
    ['Service', pattern.service ?? '–'],
    ['Action', pattern.action ?? '–'],
    ['Origin', SOURCES[pattern.source]],
    ['By', pattern.by],
    ['Since', clockTime(pattern.createdAt)],
    ['Version', String(pattern.revision)],
  ];
  return (
    <aside className="facts" aria-label="Facts">
      <FactList facts={facts} />
    </aside>
  );
}
