import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useRef, useState } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { useListKeys } from '../../ui/keys.ts';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Ago } from '../../ui/time.tsx';
import { percent } from '../../ui/words.ts';
import { RowsLoading } from '../incidents/incident-row.tsx';
import '../incidents/incidents.css';
import '../../ui/form.css';
import { ownerWords, TEST_STATES, type TestSummary, weekly } from './test-api.ts';
import './tests.css';

/** The tests of a repository that fail by chance: what is in quarantine and until when, and what may come next. */
export default function TestsPage() {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const navigate = useNavigate();
  const [words, setWords] = useState('');
  const wanted = useDeferredValue(words.trim().toLowerCase());
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLOListElement>(null);
  useListKeys(list, field);
  const all = search.all === 'true';
  const query = {
    ...(search.repository === undefined ? {} : { repository: search.repository }),
    all: all ? ('true' as const) : ('false' as const),
  };
  const tests = useLive(['tests', query], async () => contentOf(await api.tests.$get({ query })));
  const repository = tests.data?.repository ?? search.repository ?? '';
  const names = tests.data?.repositories.map(({ name }) => name) ?? [];
  const change = (next: Record<string, string>) =>
    void navigate({ to: '/tests', search: { ...search, ...next } as never, replace: true });
  const shown = tests.data?.tests.filter(({ name }) => name.toLowerCase().includes(wanted)) ?? [];
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Tests</h1>
          <p className="soft">Flaky tests. All of them still run; nothing is skipped.</p>
        </div>
      </div>
      <div className="filters tests-filters">
        <div className="field">
          <label htmlFor="repository" className="visually-hidden">
            Repository
          </label>
          <select
            id="repository"
            className="input"
            value={repository.toLowerCase()}
            disabled={names.length === 0}
            onChange={(event) => change({ repository: event.target.value })}
          >
            {names.includes(repository.toLowerCase()) ? null : (
              <option value={repository.toLowerCase()}>{repository === '' ? 'None yet' : repository}</option>
            )}
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        <div className="search">
          <input
            ref={field}
            className="input"
            type="search"
            aria-label="Search these tests"
            placeholder="Search these tests"
            value={words}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          />
          <kbd>/</kbd>
        </div>
        <label className="check">
          <input
            type="checkbox"
            checked={all}
            onChange={(event) => change({ all: event.target.checked ? 'true' : '' })}
          />
          Other failures
        </label>
      </div>
      {tests.error !== null && tests.data === undefined ? (
        <ErrorState error={tests.error} retry={() => void tests.refetch()} />
      ) : (
        <div className="card">
          {tests.data === undefined ? <RowsLoading /> : null}
          <ol ref={list} className="rows" aria-label="Tests">
            {shown.map((test) => (
              <li key={test.key}>
                <Row test={test} repository={repository} />
              </li>
            ))}
          </ol>
          {tests.data !== undefined && shown.length === 0 ? (
            <Nothing isSearched={wanted !== ''} isKnown={repository !== ''} />
          ) : null}
        </div>
      )}
      {tests.data?.more === true ? (
        <p className="soft tests-more">There are more: the {tests.data.tests.length} that cost most are shown.</p>
      ) : null}
    </div>
  );
}

function Row({ test, repository }: { readonly test: TestSummary; readonly repository: string }) {
  const { label, tone } = TEST_STATES[test.state];
  const { quarantine, score, failures, failuresPerWeek, runs } = test;
  return (
    <Link
      to="/tests/$key"
      params={{ key: test.key } as never}
      search={{ repository } as never}
      className="row test-row"
    >
      <span className="pill" data-tone={tone}>
        {label}
      </span>
      <span className="row-words">
        <strong className="cut row-title">{test.name}</strong>
        <span className="row-reason cut soft">
          {quarantine === null || test.state === 'released'
            ? test.reason
            : `until ${quarantine.until} · ${ownerWords(quarantine.owner)}`}
        </span>
      </span>
      <span className="row-class">
        <span className="chip number">
          failed {numberText(failures)} of {numberText(runs)}
        </span>
        {failuresPerWeek === null ? null : <span className="chip number">{weekly(failuresPerWeek)}</span>}
        {score === null ? null : <span className="chip number">{percent(score)} by chance</span>}
      </span>
      <span className="row-time soft">
        <Ago at={test.lastAt} />
      </span>
    </Link>
  );
}

function Nothing({ isSearched, isKnown }: { readonly isSearched: boolean; readonly isKnown: boolean }) {
  if (isSearched)
    return (
      <EmptyState icon="search" title="No test fits">
        Clear the search to see all that are listed.
      </EmptyState>
    );
  return isKnown ? (
    <EmptyState icon="check" title="No test fails by chance">
      As far as the recorded runs of this repository show. A test is listed once it both failed and passed.
    </EmptyState>
  ) : (
    <EmptyState icon="dice" title="No test has failed yet">
      The tests of a failed run appear here when its incident has ended.
    </EmptyState>
  );
}
