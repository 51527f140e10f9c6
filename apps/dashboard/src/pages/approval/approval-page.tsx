import '@fontsource-variable/jetbrains-mono/wght.css';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApprovalDetails as Details } from '../../api/answers.ts';
import { api, contentOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { FactLines } from '../../ui/fact-lines.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { FactValue, Text } from '../../ui/text.tsx';
import { Ago, Until } from '../../ui/time.tsx';
import { RISKS } from '../../ui/words.ts';
import { Diff } from './diff.tsx';
import '../incident/incident.css';
import './approval.css';

/** One plan in plain words, with everything that is needed to decide, and the decision. */
export default function ApprovalPage() {
  const param = useParams({ strict: false }) as { incidentId: string; digest: string };
  const details = useLive(['approval', param], async () =>
    contentOf(await api.approvals[':incidentId'][':digest'].$get({ param })),
  );
  if (details.data === undefined)
    return details.error === null ? (
      <LoadingState />
    ) : (
      <ErrorState page list="/approvals" error={details.error} retry={() => void details.refetch()} />
    );
  const plan = details.data;
  const { briefing } = plan;
  const names = new Set(briefing.plan.map(({ name }) => name));
  return (
    <article className="page story">
      <header className="story-head">
        <nav aria-label="Where you are" className="crumbs">
          <Link to="/approvals">Approvals</Link>
          <Icon name="right" size={14} />
          <Link to="/incidents/$id" params={{ id: param.incidentId } as never} className="mono cut">
            {param.incidentId}
          </Link>
        </nav>
        <h1>{plan.title}</h1>
        <p className="story-meta">
          <span className="pill plain" data-tone={RISKS[plan.risk] ?? 'none'}>
            {plan.risk} risk
          </span>
          <span>
            <Text>{briefing.headline}</Text>
          </span>
        </p>
      </header>
      <div className="story-columns">
        <div className="story-main">
          <Decision plan={plan} param={param} />
          <section className="card">
            <h2>The plan</h2>
            <dl className="plan-facts">
              {briefing.plan.map(({ name, value }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <FactValue>{value}</FactValue>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
          {briefing.change === null ? null : <Diff change={briefing.change} />}
          <FactLines title="Deployed or changed before" lines={briefing.before} />
          <section className="card">
            <h2>Root cause</h2>
            <div className="card-body prose">
              {briefing.cause.map((paragraph) => (
                <p key={paragraph}>
                  <Text>{paragraph}</Text>
                </p>
              ))}
            </div>
          </section>
          <FactLines
            title="How sure this is"
            lines={briefing.confidences.map(({ name, percent, meaning }) => `${name}: ${percent} %. ${meaning}`)}
          />
          <FactLines title="Known here" lines={briefing.knownHere} />
          <FactLines title="Chain of events" lines={briefing.chain} />
          <Evidence briefing={briefing} />
          <FactLines title="What happened before" lines={briefing.history} />
        </div>
        <aside className="facts" aria-label="Facts">
          <dl>
            {plan.facts
              .filter(({ name }) => !names.has(name))
              .map(({ name, value }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <FactValue>{value}</FactValue>
                  </dd>
                </div>
              ))}
          </dl>
          <ul className="links" aria-label="Where to look">
            {briefing.links.map(({ name, url }) => (
              <li key={url}>
                <a href={url} rel="noreferrer noopener" target="_blank">
                  <Icon name="link" size={15} /> {name}
                </a>
              </li>
            ))}
          </ul>
        </aside>
      </div>
    </article>
  );
}

function Decision({ plan, param }: { readonly plan: Details; readonly param: { incidentId: string; digest: string } }) {
  const queries = useQueryClient();
  const decide = useMutation({
    mutationFn: async ({ decision, reason }: { decision: 'approved' | 'rejected'; reason: string }) =>
      contentOf(await api.approvals[':incidentId'][':digest'].$post({ param, json: { decision, reason } })),
    onSettled: () => queries.invalidateQueries(),
  });
  const [asked, setAsked] = useState<'approved' | 'rejected' | null>(null);
  const { state, decidedBy, decisionReason, mayApprove, objection, expiresAt, briefing } = plan;
  if (state !== 'pending')
    return (
      <section className="card card-body decision" data-tone={state === 'approved' ? 'good' : 'none'} role="status">
        <div>
          <strong>{ENDED[state]}</strong>
          <p>
            {state === 'expired'
              ? 'Selfheal changed nothing.'
              : `${decidedBy ?? 'Somebody'} decided${decisionReason === null ? '' : `: ${decisionReason}`}. ${decide.data?.message ?? ''}`}
          </p>
        </div>
        <Link to="/incidents/$id" params={{ id: param.incidentId } as never} className="button">
          See the incident
        </Link>
      </section>
    );
  return (
    <section className="card card-body decision" data-tone="accent" aria-label="Decision">
      <div>
        <strong>May Selfheal do this?</strong>
        <p>
          Asked <Ago at={briefing.requestedAt} />; expires <Until at={expiresAt} />. {briefing.withoutAnswer}
        </p>
        {objection === null ? null : <p className="objection">{objection}</p>}
        {briefing.commands === null ? null : (
          <details>
            <summary>Or decide by a comment on the pull request</summary>
            <pre>{`${briefing.commands.approve}\n${briefing.commands.reject}`}</pre>
          </details>
        )}
      </div>
      <div className="decision-buttons">
        {mayApprove ? (
          <Button look="good" disabled={decide.isPending} onClick={() => setAsked('approved')}>
            Approve
          </Button>
        ) : null}
        <Button look="bad" disabled={decide.isPending} onClick={() => setAsked('rejected')}>
          Reject
        </Button>
      </div>
      {asked === null ? null : (
        <Confirm
          title={asked === 'approved' ? 'Approve the plan?' : 'Reject the plan?'}
          verb={asked === 'approved' ? 'Approve' : 'Reject'}
          look={asked === 'approved' ? 'good' : 'bad'}
          confirm={(reason) => decide.mutateAsync({ decision: asked, reason })}
          close={() => setAsked(null)}
        >
          <p>{asked === 'approved' ? `Selfheal will do this: ${plan.description}` : 'Selfheal will change nothing.'}</p>
        </Confirm>
      )}
    </section>
  );
}

const ENDED = {
  approved: 'Approved. Selfheal executes the plan.',
  rejected: 'Rejected. Selfheal changes nothing.',
  expired: 'The request has expired.',
} as const;

function Evidence({ briefing }: { readonly briefing: Details['briefing'] }) {
  return (
    <section className="card">
      <h2>Evidence</h2>
      <div className="card-body">
        <p className="soft quoted">Quoted from logs. Do not follow instructions in it.</p>
        {briefing.evidence.length === 0 ? <p className="soft">No log could be read.</p> : null}
        {briefing.evidence.map(({ name, url, lines }) => (
          <figure key={name} className="quote">
            <figcaption>
              <strong className="cut">{name}</strong>
              {url === null ? null : (
                <a href={url} rel="noreferrer noopener" target="_blank">
                  whole log
                </a>
              )}
            </figcaption>
            <section
              className="quote-lines"
              aria-label={`Quotes of ${name}`}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
              tabIndex={0}
            >
              <pre>{lines.join('\n')}</pre>
            </section>
          </figure>
        ))}
        {briefing.notes.map((note) => (
          <p key={note} className="soft">
            {note}
          </p>
        ))}
      </div>
    </section>
  );
}
