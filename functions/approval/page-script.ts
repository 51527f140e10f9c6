/**
 * Runs in the browser. Signs in with Cognito's InitiateAuth (a new password or an authenticator code where Cognito asks for one), then
 * shows the plan as plain text and posts the decision with the token. The token stays in this page's memory.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
 */
export const PAGE_SCRIPT = `
(() => {
  'use strict';
  const element = (id) => document.getElementById(id);
  const { identity, client } = document.body.dataset;
  const address = location.pathname.replace(/\\/+$/, '');
  let token = '';
  let digest = '';
  let challenge = null;

  const say = (text) => { element('status').textContent = text; };

  async function cognito(operation, input) {
    const response = await fetch(identity, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.' + operation,
      },
      body: JSON.stringify({ ClientId: client, ...input }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message || 'Signing in failed.');
    return answer;
  }

  async function api(path, options) {
    const response = await fetch(address + path, {
      ...options,
      headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' },
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.message || 'The request failed with ' + response.status + '.');
    return answer;
  }

  const ASKED = {
    NEW_PASSWORD_REQUIRED: { field: 'NEW_PASSWORD', label: 'Choose a new password', type: 'password', fill: 'new-password' },
    SOFTWARE_TOKEN_MFA: { field: 'SOFTWARE_TOKEN_MFA_CODE', label: 'Code of your authenticator', type: 'text', fill: 'one-time-code' },
  };

  async function proceed(answer, user) {
    if (answer.AuthenticationResult) {
      token = answer.AuthenticationResult.IdToken;
      element('sign-in').hidden = true;
      element('challenge').hidden = true;
      await show();
      return;
    }
    const asked = ASKED[answer.ChallengeName];
    if (!asked) throw new Error('This page cannot answer the challenge ' + answer.ChallengeName + '.');
    challenge = { name: answer.ChallengeName, session: answer.Session, field: asked.field, user };
    const input = element('challenge-answer');
    input.type = asked.type;
    input.autocomplete = asked.fill;
    input.value = '';
    element('challenge-label').textContent = asked.label;
    element('sign-in').hidden = true;
    element('challenge').hidden = false;
    say(asked.label + '.');
    input.focus();
  }

  async function show() {
    const details = await api('/details');
    digest = details.digest;
    element('plan-title').textContent = details.title;
    element('plan-description').textContent = details.description;
    const facts = [...details.facts, { name: 'Risk', value: details.risk }, { name: 'Expires', value: details.expiresAt }];
    element('plan-facts').replaceChildren(...facts.flatMap(({ name, value }) => {
      const term = document.createElement('dt');
      const text = document.createElement('dd');
      term.textContent = name;
      text.textContent = value;
      return [term, text];
    }));
    element('plan').hidden = false;
    const open = details.state === 'pending';
    element('decision').hidden = !open;
    element('approve').hidden = !details.mayApprove;
    if (!open) {
      say(details.state === 'expired' ? 'The request has expired.' : 'It was ' + details.state + ' by ' + details.decidedBy + '.');
    } else {
      say(details.objection ?? 'Read the plan, then decide.');
    }
    element('plan-title').tabIndex = -1;
    element('plan-title').focus();
  }

  async function decide(decision) {
    await api('', { method: 'POST', body: JSON.stringify({ decision, digest }) });
    element('decision').hidden = true;
    say(decision === 'approved' ? 'Approved. Selfheal goes on.' : 'Rejected. Nothing is changed.');
  }

  const guarded = (work) => async (event) => {
    event.preventDefault();
    const buttons = [...document.querySelectorAll('button')];
    for (const button of buttons) button.disabled = true;
    try {
      await work();
    } catch (error) {
      say(error.message);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  };

  element('sign-in').addEventListener('submit', guarded(async () => {
    const user = element('user').value.trim();
    const AuthParameters = { USERNAME: user, PASSWORD: element('password').value };
    await proceed(await cognito('InitiateAuth', { AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters }), user);
    element('password').value = '';
  }));
  element('challenge').addEventListener('submit', guarded(async () => {
    const { name, session, field, user } = challenge;
    const ChallengeResponses = { USERNAME: user, [field]: element('challenge-answer').value };
    await proceed(await cognito('RespondToAuthChallenge', { ChallengeName: name, Session: session, ChallengeResponses }), user);
    element('challenge-answer').value = '';
  }));
  element('approve').addEventListener('click', guarded(() => decide('approved')));
  element('reject').addEventListener('click', guarded(() => decide('rejected')));
})();
`;
