import { outputOf, type Stage } from '#apps/local/stage.ts';

/** Signs in at the user pool. Returns the ID token. */
export async function signIn({ runtime }: Stage, user: string, password: string): Promise<string> {
  const response = await fetch(runtime.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: outputOf(runtime, 'UserPoolClientId'),
      AuthParameters: { USERNAME: user, PASSWORD: password },
    }),
  });
  const answer = (await response.json()) as { AuthenticationResult?: { IdToken: string } };
  if (answer.AuthenticationResult === undefined)
    throw new Error(`${user} could not sign in: the user pool answered with status ${response.status}.`);
  return answer.AuthenticationResult.IdToken;
}

/** The pages of plans on the dashboard that mails link to, in the order of the mails. */
export function approvalLinks(mails: readonly { readonly text: string }[]): string[] {
  return mails.flatMap(({ text }) => /http\S+\/approvals\/\S+/.exec(text) ?? []);
}

/** Decides about the plan of such a page by the API, with an ID token or without one. */
export async function answerOn(
  page: string,
  decision: string,
  token: string | null,
): Promise<{ status: number; message: string | undefined }> {
  const { status, json } = await planOn(page, token, { decision });
  const { message, detail } = json as { message?: string; detail?: string };
  return { status, message: message ?? detail };
}

/** What the API knows of the plan of such a page, or answers to a decision. Page and API have one address; the API's begins with `/api`. */
export async function planOn(
  page: string,
  token: string | null,
  body?: object,
): Promise<{ status: number; json: unknown }> {
  const { origin, pathname } = new URL(page);
  const response = await fetch(`${origin}/api${pathname}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}
