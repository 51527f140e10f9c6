import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { ADMIN_KEY, outputOf, type Stage } from '#apps/local/stage.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Healer, Subject } from './healer.ts';
import { logicalIdOf } from './template.ts';
import { until } from './until.ts';

export interface Posted {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends a webhook as anybody on the internet could. By default it is signed, JSON, and a `workflow_run`. */
export async function post(
  stage: Stage,
  body: string | Buffer,
  options: { secret?: string | null; source?: string; headers?: Record<string, string | null> } = {},
): Promise<Posted> {
  const { secret = stage.webhookSecret, source = 'github' } = options;
  const bytes = Buffer.from(body);
  const headers: Record<string, string | null> = {
    'content-type': 'application/json',
    'x-github-event': 'workflow_run',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256':
      secret === null ? null : `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`,
    ...options.headers,
  };
  const response = await fetch(stage.webhookUrl.replace(/github$/, source), {
    method: 'POST',
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ),
    body: bytes,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Lets the schedule of a function fire now, and waits until the function is through. */
export async function trigger(
  healer: Healer,
  functionName: 'sweeper' | 'reconciler' | 'quality' | 'forecast',
): Promise<void> {
  const runs = () =>
    healer.events.filter(
      (one) => one.type === 'function.invoked' && one.functionName === healer.functionName(functionName),
    );
  const before = runs().length;
  await healer.runtime.schedules.trigger(logicalIdOf(healer, functionName));
  await until(`the ${functionName}`, () => runs().length > before);
}

/** Ends the incident's running executions as an operator would with StopExecution. */
export async function stopExecutions(healer: Healer, subject: Subject): Promise<void> {
  const client = new SFNClient({
    endpoint: healer.runtime.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: ADMIN_KEY, secretAccessKey: 'local' },
  });
  const id = healer.incidentId(subject);
  for (const { executionArn, name, status } of healer.runtime.executions()) {
    if (name.startsWith(`${id}-`) && status === 'RUNNING')
      await client.send(new StopExecutionCommand({ executionArn }));
  }
  client.destroy();
}

/** Makes the incident look as if nothing had touched it for an hour. */
export async function letGoStale(healer: Healer, subject: Subject): Promise<void> {
  await healer.incidents.update(healer.incidentId(subject), {}, { at: new Date(Date.now() - 3_600_000) });
}

/** Signs in at the user pool as the approval page does; gives the ID token. */
export async function signIn(stage: Stage, user: string, password: string): Promise<string> {
  const response = await fetch(stage.runtime.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: outputOf(stage.runtime, 'UserPoolClientId'),
      AuthParameters: { USERNAME: user, PASSWORD: password },
    }),
  });
  const answer = (await response.json()) as { AuthenticationResult?: { IdToken: string } };
  if (answer.AuthenticationResult === undefined) throw new Error(`${user} could not sign in: ${response.status}`);
  return answer.AuthenticationResult.IdToken;
}

/** Opens the link of the newest request for an approval about a subject and says yes, as a person with this ID token. */
export async function approve(healer: Healer, subject: Subject, token: string): Promise<void> {
  await until('the request for an approval', () => approvalLinks(healer, subject).length > 0);
  await sayYes(approvalLinks(healer, subject)[0] ?? '', token);
}

/** Says yes to every request for an approval about a subject until its incident ends. */
export async function endedWithApprovals(healer: Healer, subject: Subject, token: string): Promise<Incident> {
  let isOver = false;
  const ended = healer.ended(subject).finally(() => {
    isOver = true;
  });
  const answered = new Set<string>();
  while (!isOver) {
    const link = approvalLinks(healer, subject).find((one) => !answered.has(one));
    if (link === undefined) await sleep(50);
    else {
      answered.add(link);
      await sayYes(link, token);
    }
  }
  return await ended;
}

/** Newest first. */
function approvalLinks(healer: Healer, subject: Subject): string[] {
  return healer.mailsAbout(subject).flatMap(({ text }) => /http\S+\/approvals\/\S+/.exec(text) ?? []);
}

async function sayYes(page: string, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  expect((await fetch(page)).status).toBe(200);
  expect((await fetch(`${page}/details`, { headers })).status).toBe(200);
  const body = JSON.stringify({ decision: 'approved', digest: page.split('/').at(-1) });
  expect((await fetch(page, { method: 'POST', headers, body })).status).toBe(200);
}

/** What GitHub sends of a new comment, as far as it is read; the repository is that of an incident. */
export function commentPayload(
  comment: { repository: string; pullRequest: number; by: string; text: string; id: number },
  { target }: Pick<Incident, 'target'>,
): object {
  const { repository, pullRequest, by, text, id } = comment;
  const person = (login: string) => ({ login, type: 'User' });
  const repositoryId = target.kind === 'github-run' ? target.repositoryId : 0;
  return {
    action: 'created',
    issue: { number: pullRequest, pull_request: {}, user: person('octo-dev') },
    comment: { id, body: text, user: person(by), performed_via_github_app: null },
    repository: { id: repositoryId, full_name: repository },
    sender: person(by),
  };
}
