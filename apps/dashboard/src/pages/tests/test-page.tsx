import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useLive } from '../../api/live.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { FactList, Meter, TableBox } from '../../ui/figures.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useKeys } from '../../ui/keys.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { Ago, clockTime } from '../../ui/time.tsx';
import { percent } from '../../ui/words.ts';
import '../incident/incident.css';
import '../../ui/form.css';
import {
  extendTest,
  ownerWords,
  type Quarantine,
  readTest,
  releaseTest,
  TEST_STATES,
  type TestDetails,
  weekly,
} from './test-api.ts';
import './tests.css';

/** One test: why it counts as flaky, how its runs ended, and its quarantine with owner and last day. */
export default function TestPage() {
  const { key = '' } = useParams({ strict: false }) as { key?: string };
  const { repository = '' } = useSearch({ strict: false }) as { repository?: string };
  const navigate = useNavigate();
  const test = useLive(['tests', repository, key], () => readTest(key, repository));
  useKeys({ u: () => void navigate({ to: '/tests', search: { repository } as never }) });
  if (test.data === undefined)
    return test.error === null ? (
      <LoadingState />
    ) : (
      <ErrorState page list="/tests" error={test.error} retry={() => void test.refetch()} />
    );
  const { label, tone } = TEST_STATES[test.data.state];
  return (
    <article className="page story">
      <header className="story-head">
        <nav aria-label="Where you are" className="crumbs">
          <Link to="/tests" search={{ repository } as never}>
            Tests
          </Link>
          <Icon name="right" size={14} />
          <span className="cut">{repository}</span>
        </nav>
        <h1>{test.data.name}</h1>
        <p className="story-meta">
          <span className="pill" data-tone={tone}>
            {label}
          </span>
          <span className="soft">
            failed last <Ago at={test.data.lastAt} />
          </span>
        </p>
      </header>
      <div className="story-columns">
        <div className="story-main">
          <section className="card">
            <h2>Why</h2>
            <div className="card-body prose">
              <p>{test.data.reason}</p>
            </div>
          </section>
          {test.data.quarantine === null ? null : (
            <QuarantineCard test={test.data} quarantine={test.data.quarantine} repository={repository} />
          )}
          <Results test={test.data} />
        </div>
        <Facts test={test.data} />
      </div>
    </article>
  );
}

function QuarantineCard(props: {
  readonly test: TestDetails;
  readonly quarantine: Quarantine;
  readonly repository: string;
}) {
  const { test, quarantine, repository } = props;
  const [asked, setAsked] = useState<'release' | 'extend' | null>(null);
  const queries = useQueryClient();
  const seen = { key: test.key, repository, revision: quarantine.revision };
  const refresh = () => queries.invalidateQueries({ queryKey: ['tests'] });
  const isHeld = test.state === 'quarantined';
  return (
    <section className="card">
      <div className="card-head">
        <h2>Quarantine</h2>
        <span className="end test-buttons">
          {test.state === 'released' ? null : <Button onClick={() => setAsked('extend')}>Extend</Button>}
          {isHeld ? <Button onClick={() => setAsked('release')}>Release</Button> : null}
        </span>
      </div>
      <div className="card-body">
        <FactList
          className="test-facts"
          facts={[
            ['Owner', ownerWords(quarantine.owner)],
            ['Began', <Ago key="since" at={quarantine.since} />],
            [isHeld ? 'Last day' : 'Ended', `${quarantine.until} (UTC)`],
            [
              'Issue',
              /^https?:\/\//.test(quarantine.url) ? (
                <a key="issue" href={quarantine.url} rel="noreferrer noopener" target="_blank">
                  #{quarantine.issue}
                </a>
              ) : (
                `#${quarantine.issue}`
              ),
            ],
            [
              'Began in',
              <Link
                key="incident"
                to="/incidents/$id"
                params={{ id: quarantine.incidentId } as never}
                className="mono cut"
              >
                {quarantine.incidentId}
              </Link>,
            ],
          ]}
        />
        {quarantine.decisions.length === 0 ? null : (
          <ol className="decisions">
            {quarantine.decisions.toReversed().map(({ kind, at, by, reason, until }) => (
              <li key={at}>
                <strong>{kind === 'released' ? 'Released' : `Extended until ${until}`}</strong>
                <p>{reason}</p>
                <p className="soft">
                  {by}, <Ago at={at} />
                </p>
              </li>
            ))}
          </ol>
        )}
        <p className="soft">
          While it lasts, the comment says when only such tests failed, and they are re-run. The issue on GitHub keeps
          its text; closing it ends the quarantine, too.
        </p>
      </div>
      {asked === 'release' ? (
        <Confirm
          title="Release this test?"
          verb="Release it"
          confirm={async (reason) => {
            await releaseTest(seen, reason);
            await refresh();
          }}
          refresh={refresh}
          close={() => setAsked(null)}
        >
          <p>Its failures count like any other from now on. No new issue about it is opened while this one is open.</p>
        </Confirm>
      ) : null}
      {asked === 'extend' ? (
        <Extend seen={seen} until={quarantine.until} refresh={refresh} close={() => setAsked(null)} />
      ) : null}
    </section>
  );
}

/** What the API allows, in days from today. */
const MAX_DAYS = 90;
const DAY = 24 * 60 * 60 * 1000;

const dayIn = (days: number, from = Date.now()): string => new Date(from + days * DAY).toISOString().slice(0, 10);

function Extend(props: {
  readonly seen: Parameters<typeof extendTest>[0];
  readonly until: string;
  readonly refresh: () => Promise<unknown>;
  readonly close: () => void;
}) {
  const { seen, until: before, refresh, close } = props;
  const first = [dayIn(1, Date.parse(before)), dayIn(0)].sort().at(-1) ?? '';
  const [until, setUntil] = useState(dayIn(7, Date.parse(first)));
  return (
    <Confirm
      title="Extend the quarantine"
      verb="Extend it"
      confirm={async (reason) => {
        await extendTest(seen, until, reason);
        await refresh();
      }}
      refresh={refresh}
      close={close}
    >
      <div className="field">
        <label htmlFor="until">New last day (UTC)</label>
        <input
          id="until"
          className="input"
          type="date"
          required
          min={first}
          max={dayIn(MAX_DAYS)}
          value={until}
          onChange={(event) => setUntil(event.target.value)}
        />
      </div>
    </Confirm>
  );
}

function Results({ test: { results } }: { readonly test: TestDetails }) {
  if (results.length === 0) return null;
  return (
    <section className="card">
      <div className="card-head">
        <h2>How its runs ended</h2>
        <span className="end result-strip" aria-hidden="true">
          {results.toReversed().map(({ runId, attempt, passed }) => (
            <span key={`${runId}.${attempt}`} data-tone={passed ? 'good' : 'bad'} />
          ))}
        </span>
      </div>
      <TableBox label="Results, newest first">
        <thead>
          <tr>
            <th scope="col">Result</th>
            <th scope="col">Run</th>
            <th scope="col">Commit</th>
            <th scope="col">Branch</th>
            <th scope="col">Incident</th>
          </tr>
        </thead>
        <tbody>
          {results.map(({ runId, attempt, passed, commit, onDefaultBranch, incidentId }) => (
            <tr key={`${runId}.${attempt}`}>
              <th scope="row">
                <span className="pill" data-tone={passed ? 'good' : 'bad'}>
                  {passed ? 'Passed' : 'Failed'}
                </span>
              </th>
              <td>
                {runId}
                {attempt > 1 ? `, attempt ${attempt}` : ''}
              </td>
              <td className="mono">{commit}</td>
              <td>{onDefaultBranch ? 'default' : 'another'}</td>
              <td>
                {incidentId === null ? (
                  '–'
                ) : (
                  <Link to="/incidents/$id" params={{ id: incidentId } as never} className="mono">
                    {incidentId.slice(0, 11)}
                  </Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </TableBox>
      <p className="card-body soft">
        The newest failures and the newest successes that were recorded since it first failed; older ones are only
        counted.
      </p>
    </section>
  );
}

function Facts({ test }: { readonly test: TestDetails }) {
  const { runs, failures, failuresPerWeek, score, rate, lastAt, quarantine } = test;
  return (
    <aside className="facts" aria-label="Facts">
      <FactList
        facts={[
          ['Runs', String(runs)],
          ['Failures', failuresPerWeek === null ? String(failures) : `${failures}, ${weekly(failuresPerWeek)}`],
          ['Fails', rate === null ? '–' : `${percent(rate[0])} to ${percent(rate[1])} of runs`],
          [
            'By chance',
            score === null ? (
              '–'
            ) : (
              <span key="score">
                {percent(score)}
                <Meter share={score} />
              </span>
            ),
          ],
          ['Failed last', clockTime(lastAt)],
          ...(quarantine?.file == null ? [] : [['File', quarantine.file] as const]),
        ]}
      />
    </aside>
  );
}
