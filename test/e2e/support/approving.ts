import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { outputOf, type Stage } from '#apps/local/stage.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Healer, Subject } from './healer.ts';
import { until } from './until.ts';

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

/** Waits for the request for an approval of a subject, and gives the address of its newest page. */
export async function askedFor(healer: Healer, subject: Subject): Promise<string> {
  await until('the request for an approval', () => approvalLinks(healer, subject).length > 0);
  return approvalLinks(healer, subject)[0] ?? '';
}

/** Answers on an approval page, as a person with this ID token or as nobody; by default for the plan that the page is about. */
export async function answerOn(
  page: string,
  decision: string,
  token: string | null,
  digest = page.split('/').at(-1),
): Promise<{ status: number; message: string | undefined }> {
  const response = await fetch(page, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ decision, digest }),
  });
  return { status: response.status, message: ((await response.json()) as { message?: string }).message };
}

/** Opens the page of the newest request for an approval of a subject and says yes, as a person with this ID token. */
export async function approve(healer: Healer, subject: Subject, token: string): Promise<void> {
  await sayYes(await askedFor(healer, subject), token);
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
  expect((await fetch(page)).status).toBe(200);
  expect((await fetch(`${page}/details`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  expect(await answerOn(page, 'approved', token)).toMatchObject({ status: 200 });
}
