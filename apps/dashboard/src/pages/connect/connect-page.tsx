import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, contentOf, isLocal } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { Command } from '../../ui/command.tsx';
import { Figures, TableBox } from '../../ui/figures.tsx';
import { Ago } from '../../ui/time.tsx';
import '../../ui/form.css';
import { commandsFor, objectionTo } from './commands.ts';
import './connect.css';

/** How a repository, alarms and people are connected, with the commands for one's own values, and what has arrived from them. */
export default function ConnectPage() {
  const [repository, setRepository] = useState('');
  const name = repository.trim();
  const objection = name === '' ? null : objectionTo(name);
  const known = useLive(['connections'], async () => contentOf(await api.connections.$get({ query: {} })));
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Connect</h1>
          <p className="soft">
            {isLocal
              ? 'How to connect a deployment. Here, the repositories of the sample company are connected already.'
              : 'GitHub sends failed runs, CloudWatch sends alarms, and people get mails.'}
          </p>
        </div>
      </div>
      <div className="connect">
        <Figures title="Repositories" figures={known}>
          {({ repositories }) =>
            repositories.length === 0 ? (
              <p className="card-body soft">The configuration names no repository yet.</p>
            ) : (
              <Arrivals repositories={repositories} />
            )
          }
        </Figures>
        <section className="card">
          <h2>A repository</h2>
          <div className="card-body form">
            <div className="field">
              <label htmlFor="connect-repository">Its owner and name</label>
              <input
                id="connect-repository"
                className="input mono"
                value={repository}
                placeholder="acme/shop"
                maxLength={150}
                spellCheck={false}
                autoCapitalize="none"
                aria-describedby="connect-hint"
                aria-invalid={objection !== null}
                onChange={(event) => setRepository(event.target.value)}
              />
              <p id="connect-hint" className="hint" role="status">
                {objection ?? 'The commands below then use it.'}
              </p>
            </div>
          </div>
          {name === '' || objection !== null || known.data === undefined ? null : (
            <Steps key={name} repository={name} webhookUrl={known.data.webhookUrl} />
          )}
        </section>
        <section className="card">
          <h2>Alarms and people</h2>
          <div className="card-body connect-text">
            <p>
              Alarms of CloudWatch arrive without any set-up. List an alarm under a service in{' '}
              <code>config/selfheal.json</code> and deploy; an alarm that no service lists is only mailed.
            </p>
            <Command
              name="subscribe somebody"
              text="aws sns subscribe --topic-arn <EscalationTopicArn> --protocol email --notification-endpoint <address>"
            />
            <p>Amazon SNS sends a mail first, whose link confirms the address.</p>
          </div>
        </section>
      </div>
    </div>
  );
}

interface Arrival {
  readonly incident: string;
  readonly at: string;
}
interface Repository {
  readonly name: string;
  readonly listed: boolean;
  readonly mode: string;
  readonly first: Arrival | null;
  readonly latest: Arrival | null;
}

function Arrivals({ repositories }: { readonly repositories: readonly Repository[] }) {
  return (
    <TableBox label="Repositories that the configuration names">
      <thead>
        <tr>
          <th scope="col">Repository</th>
          <th scope="col">Mode</th>
          <th scope="col">First failed run</th>
          <th scope="col">Latest failed run</th>
        </tr>
      </thead>
      <tbody>
        {repositories.map(({ name, mode, first, latest }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{mode}</td>
            <td>{first === null ? 'none arrived yet' : <ArrivedAt arrival={first} />}</td>
            <td>{latest === null ? 'none arrived yet' : <ArrivedAt arrival={latest} />}</td>
          </tr>
        ))}
      </tbody>
    </TableBox>
  );
}

function ArrivedAt({ arrival: { incident, at } }: { readonly arrival: Arrival }) {
  return (
    <Link to="/incidents/$id" params={{ id: incident }}>
      <Ago at={at} />
    </Link>
  );
}

/** What to do for one repository, and whether it has worked. */
function Steps({ repository, webhookUrl }: { readonly repository: string; readonly webhookUrl: string }) {
  const [isOrganisation, setOrganisation] = useState(true);
  const state = useLive(['connections', repository], async () =>
    contentOf(await api.connections.$get({ query: { repository } })),
  );
  const commands = commandsFor(repository, webhookUrl);
  const found = state.data?.repositories[0];
  return (
    <ol className="connect-steps">
      <li>
        <h3>Name it in the configuration</h3>
        {found?.listed === true ? (
          <p>Done: its mode is {found.mode}.</p>
        ) : (
          <>
            <p>
              In <code>config/selfheal.json</code>; then <code>npx cdk deploy --all</code>.
            </p>
            <Command name="the lines of the configuration" text={commands.configuration} />
          </>
        )}
      </li>
      <li>
        <h3>Let GitHub send its failed runs, as an app</h3>
        <label className="check">
          <input type="checkbox" checked={isOrganisation} onChange={(event) => setOrganisation(event.target.checked)} />
          {repository.split('/')[0]} is an organisation
        </label>
        <p>
          <a className="button" href={commands.appAddress(isOrganisation)} target="_blank" rel="noreferrer">
            Fill in the form on GitHub
          </a>
        </p>
        <p>Paste the webhook secret of the deployment there, create the app, generate a private key, and install it.</p>
        <Command name="the command that shows the webhook secret" text={commands.secret} />
        <p>Then store its id and key:</p>
        <Command name="the command that stores the key" text={commands.appKey} />
        <details>
          <summary>Or with a token and a webhook of the repository</summary>
          <p>
            A fine-grained token with <em>Actions</em>, <em>Pull requests</em> and <em>Webhooks</em> read and write, and{' '}
            <em>Contents</em> read.
          </p>
          <Command name="the command that stores the token" text={commands.token} />
          <Command name="the command that adds the webhook" text={commands.webhook} />
        </details>
        <Command name="the command that checks all of it" text={commands.check} />
      </li>
      <li>
        <h3>Wait for the first failed run</h3>
        <p role="status">
          {found === undefined ? (
            'Looking …'
          ) : found.first === null ? (
            `None of ${repository} has arrived yet. This page looks every two seconds.`
          ) : (
            <>
              The first one arrived: <ArrivedAt arrival={found.first} />.
            </>
          )}
        </p>
      </li>
    </ol>
  );
}
