import { outputOf, type Stage } from '#apps/local/stage.ts';

/** Signs in at the user pool as the approval page does. Returns the ID token. */
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

/** The approval pages that mails link to, in the order of the mails. */
export function approvalLinks(mails: readonly { readonly text: string }[]): string[] {
  return mails.flatMap(({ text }) => /http\S+\/approvals\/\S+/.exec(text) ?? []);
}

/** Posts a decision to an approval page with this ID token, or without one; by default for the plan of the page. */
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
