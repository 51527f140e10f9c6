import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useRef } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Meter } from '../../ui/figures.tsx';
import { useListKeys } from '../../ui/keys.ts';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { classWords, counted, percent } from '../../ui/words.ts';
import { RowsLoading } from '../incidents/incident-row.tsx';
import '../incidents/incidents.css';
import '../../ui/form.css';
import type { PatternSummary } from './pattern-api.ts';
import { ClassOptions, STAGES, scopeWords, useScopes } from './words.tsx';
import './knowledge.css';

/** What is known about failures of one place: found again by their messages, with what helped. */
export default function KnowledgePage() {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const navigate = useNavigate();
  const scopes = useScopes();
  const scope = search.scope ?? scopes.data?.[0]?.scope ?? '';
  const words = search.search ?? '';
  const field = useRef<HTMLInputElement>(null);
  const change = (next: Record<string, string>) =>
    void navigate({ to: '/knowledge', search: { ...search, scope, ...next } as never, replace: true });
  const known = scopes.data ?? [];
  const isUnlisted = scope !== '' && !known.some((each) => each.scope === scope);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Knowledge</h1>
        {scope === '' ? null : (
          <span className="end">
            <Link to="/knowledge/new" search={{ scope } as never} className="button" data-look="primary">
              Add a pattern
            </Link>
          </span>
        )}
      </div>
      <div className="filters knowledge-filters">
        <div className="field">
          <label htmlFor="scope">Applies to</label>
          <select
            id="scope"
            className="input"
            value={scope}
            disabled={scope === ''}
            onChange={(event) => change({ scope: event.target.value })}
          >
            {scope === '' ? <option value="">No incident yet</option> : null}
            {isUnlisted ? <option value={scope}>{scopeWords(scope)}</option> : null}
            {known.map((each) => (
              <option key={each.scope} value={each.scope}>
                {scopeWords(each.scope)} ({counted(each.incidents, 'incident')})
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="class">Class</label>
          <select
            id="class"
            className="input"
            value={search.class ?? ''}
            onChange={(event) => change({ class: event.target.value })}
          >
            <option value="">All</option>
            <ClassOptions />
          </select>
        </div>
        <div className="field">
          <label htmlFor="stage">Stage</label>
          <select
            id="stage"
            className="input"
            value={search.stage ?? ''}
            onChange={(event) => change({ stage: event.target.value })}
          >
            <option value="">All</option>
            {Object.entries(STAGES).map(([stage, { label }]) => (
              <option key={stage} value={stage}>
                {label}
              </option>
            ))}
          </select>
        </div>
        <form
          className="field knowledge-search"
          onSubmit={(event) => {
            event.preventDefault();
            change({ search: field.current?.value.trim() ?? '' });
          }}
        >
          <label htmlFor="words">Search by an error message or a question</label>
          <div className="search">
            <input ref={field} id="words" className="input" type="search" key={words} defaultValue={words} />
            <kbd>/</kbd>
          </div>
        </form>
      </div>
      {words === '' ? null : <Found words={words} scope={scope} clear={() => change({ search: '' })} />}
      {scopes.error !== null && scopes.data === undefined ? (
        <ErrorState error={scopes.error} retry={() => void scopes.refetch()} />
      ) : scope === '' && scopes.data !== undefined ? (
        <div className="card">
          <EmptyState icon="book" title="Nothing is known yet">
            Each repository and each alarm gets knowledge of its own with its first incident. The search above finds the
            written advice already.
          </EmptyState>
        </div>
      ) : (
        <Patterns scope={scope} search={search} field={field} change={change} />
      )}
    </div>
  );
}

function Patterns({
  scope,
  search,
  field,
  change,
}: {
  readonly scope: string;
  readonly search: Record<string, string>;
  readonly field: React.RefObject<HTMLInputElement | null>;
  readonly change: (next: Record<string, string>) => void;
}) {
  const retired = search.removed === 'true';
  const query = {
    scope,
    retired: retired ? 'true' : 'false',
    ...(search.class === undefined ? {} : { class: search.class }),
    ...(search.stage === undefined ? {} : { stage: search.stage }),
  } as const;
  const pages = useInfiniteQuery({
    queryKey: ['knowledge', 'patterns', query],
    queryFn: async ({ pageParam }) =>
      contentOf(
        await api.knowledge.patterns.$get({
          query: { ...query, ...(pageParam === '' ? {} : { cursor: pageParam }) } as never,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    enabled: scope !== '',
    placeholderData: keepPreviousData,
  });
  const list = useRef<HTMLOListElement>(null);
  useListKeys(list, field);
  const patterns = pages.data?.pages.flatMap((page) => page.patterns) ?? [];
  if (pages.error !== null && pages.data === undefined)
    return <ErrorState error={pages.error} retry={() => void pages.refetch()} />;
  return (
    <>
      <section className="card">
        <div className="card-head">
          <h2>Patterns</h2>
          <label className="check end">
            <input
              type="checkbox"
              checked={retired}
              onChange={(event) => change({ removed: event.target.checked ? 'true' : '' })}
            />
            Show removed
          </label>
        </div>
        {pages.data === undefined ? <RowsLoading /> : null}
        <ol ref={list} className="rows" aria-label="Patterns" aria-busy={pages.isFetching}>
          {patterns.map((pattern) => (
            <li key={pattern.id}>
              <Row pattern={pattern} />
            </li>
          ))}
        </ol>
        {pages.data !== undefined && patterns.length === 0 ? (
          <EmptyState icon="book" title="No pattern here">
            Selfheal learns one when something helped and was verified. You can also write one down.
          </EmptyState>
        ) : null}
      </section>
      {pages.hasNextPage ? (
        <p className="more">
          <Button onClick={() => void pages.fetchNextPage()} disabled={pages.isFetching}>
            {pages.isFetching ? 'Loading …' : 'Load more'}
          </Button>
        </p>
      ) : null}
    </>
  );
}

function Row({ pattern }: { readonly pattern: PatternSummary }) {
  const { label, tone } = STAGES[pattern.stage];
  return (
    <Link
      to="/knowledge/$id"
      params={{ id: pattern.id } as never}
      search={{ scope: pattern.scope } as never}
      className="row pattern-row"
    >
      <span className="pill" data-tone={pattern.retired === null ? tone : 'none'}>
        {pattern.retired === null ? label : 'Removed'}
      </span>
      <span className="row-words">
        <strong className="cut">{pattern.title}</strong>
        <span className="mono soft cut">{pattern.wording}</span>
      </span>
      <span className="row-class">
        <span className="chip">{classWords(pattern.class)}</span>
      </span>
      <span className="pattern-confidence">
        <span className="number">{percent(pattern.confidence)}</span>
        <Meter share={pattern.confidence} />
        <span className="soft number">
          {pattern.helped === null
            ? 'not used yet'
            : `helped ${numberText(pattern.helped.hits)} of ${numberText(pattern.helped.cases)}, ${numberText(pattern.verified)} verified`}
        </span>
      </span>
    </Link>
  );
}

function Found(props: { readonly words: string; readonly scope: string; readonly clear: () => void }) {
  const { words, scope, clear } = props;
  const query = { query: words, limit: '8', ...(scope === '' ? {} : { scope }) };
  const found = useQuery({
    queryKey: ['knowledge', 'search', query],
    queryFn: async () => (await contentOf(await api.knowledge.search.$get({ query }))).results,
  });
  return (
    <section className="card found" aria-live="polite">
      <div className="card-head">
        <h2>Found for “{words}”</h2>
        <span className="end">
          <Button onClick={clear}>Clear</Button>
        </span>
      </div>
      {found.isPending ? <p className="card-body soft">Searching …</p> : null}
      {found.error === null ? null : <ErrorState error={found.error} retry={() => void found.refetch()} />}
      {found.data?.length === 0 ? (
        <p className="card-body soft">Nothing similar is known. Try the words of the error message itself.</p>
      ) : null}
      <ol className="results">
        {found.data?.map(({ id, title, resolution, score, reasons }) => (
          <li key={id}>
            <span className="pill plain">{percent(score)}</span>
            <div>
              <strong>
                {/^[0-9a-f]{12}$/.test(id) ? (
                  <Link to="/knowledge/$id" params={{ id } as never} search={{ scope } as never}>
                    {title}
                  </Link>
                ) : (
                  title
                )}
              </strong>
              <p>{resolution}</p>
              <p className="soft">{reasons.join('; ')}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
