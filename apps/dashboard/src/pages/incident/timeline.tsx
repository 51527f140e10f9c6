import { Fragment } from 'react';
import type { IncidentAccount } from '../../api/answers.ts';
import { Text } from '../../ui/text.tsx';
import { timeOfDay } from '../../ui/time.tsx';
import type { Tone } from '../../ui/words.ts';

/** Everything that happened, in order, from the audit trail, and whether that is as it was written. */
export function Timeline({
  account,
  error,
}: {
  readonly account: IncidentAccount | undefined;
  readonly error: Error | null;
}) {
  return (
    <section className="card">
      <div className="card-head">
        <h2>Audit trail</h2>
        {account === undefined ? null : (
          <span className="end">
            {account.chain.kind === 'intact' ? (
              <span className="pill" data-tone="good">
                Unchanged, {account.chain.chained} entries
              </span>
            ) : (
              <span className="pill" data-tone="bad">
                Changed at entry {account.chain.sequence}
              </span>
            )}
          </span>
        )}
      </div>
      <div className="card-body">
        {account === undefined ? <p className="soft">{error?.message ?? 'Loading …'}</p> : null}
        {account?.chain.kind === 'broken' ? <p className="refusal">{account.chain.reason}</p> : null}
        <ol className="trail">
          {account?.story.map(({ sequence, at, event, words, details, facts }) => (
            <li key={sequence} data-tone={toneOf(event)}>
              <time dateTime={at} className="soft number">
                {timeOfDay(at)}
              </time>
              <div>
                <p>
                  <Text>{words}</Text>
                </p>
                <details>
                  <summary>Record</summary>
                  {details === null ? null : <p>{details}</p>}
                  <dl>
                    {[['event', event] as const, ['at', at] as const, ...Object.entries(facts)].map(([name, value]) => (
                      <Fragment key={name}>
                        <dt>{name}</dt>
                        <dd className="mono">{String(value ?? '–')}</dd>
                      </Fragment>
                    ))}
                  </dl>
                </details>
              </div>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function toneOf(event: string): Tone {
  if (/^(?:action\.recovered|incident\.(?:resolved|healed)|approval\.approved|guard\.granted)$/.test(event))
    return 'good';
  if (/failed|refused|denied|rejected|unknown|escalated|handed-over|recurred|came-back/.test(event)) return 'bad';
  if (/^(?:plan|approval|action)\./.test(event)) return 'accent';
  return 'none';
}
