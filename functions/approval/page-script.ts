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
    const { briefing } = details;
    element('plan-title').textContent = details.title;
    element('plan-headline').textContent = 'What failed: ' + briefing.headline;
    element('plan-facts').replaceChildren(...terms(briefing.plan));
    element('change').hidden = briefing.change === null;
    element('change-looks').replaceChildren(...(briefing.change?.looks ?? []).map((line) => made('li', line)));
    element('change-diff').textContent = briefing.change?.diff ?? '';
    element('cause').replaceChildren(...briefing.cause.map((line) => made('p', line)));
    const quoted = briefing.evidence.flatMap(({ name, url, lines }) =>
      [named(name, url, 'log'), made('pre', lines.join('\\n'))]);
    const notes = briefing.notes.map((line) => made('p', line));
    const shown = [...quoted, ...notes];
    element('evidence').replaceChildren(...(shown.length > 0 ? shown : [made('p', 'No log could be read.')]));
    element('history').replaceChildren(...briefing.history.map((line) => made('li', line)));
    element('links').replaceChildren(...briefing.links.map(({ name, url }) => {
      const item = made('li', '');
      item.append(link(name, url));
      return item;
    }));
    element('target-facts').replaceChildren(...terms(details.facts.filter(({ name }) => !briefing.plan.some((fact) => fact.name === name))));
    tellDeadline(details);
    element('plan').hidden = false;
    const open = details.state === 'pending';
    element('decision').hidden = !open;
    element('commands').hidden = !open || briefing.commands === null;
    element('command-approve').textContent = briefing.commands?.approve ?? '';
    element('command-reject').textContent = briefing.commands?.reject ?? '';
    element('approve').hidden = !details.mayApprove;
    if (!open) {
      say(details.state === 'expired' ? 'The request has expired.' : 'It was ' + details.state + ' by ' + details.decidedBy + '.');
    } else {
      say(details.objection ?? 'Read the plan, then decide.');
    }
    element('plan-title').focus();
  }

  const made = (tag, text) => {
    const one = document.createElement(tag);
    one.textContent = text;
    return one;
  };

  const terms = (facts) => facts.flatMap(({ name, value }) => [made('dt', name), made('dd', value)]);

  const link = (text, url) => {
    const one = made('a', text);
    one.href = url;
    one.rel = 'noreferrer noopener';
    return one;
  };

  function named(name, url, words) {
    const one = made('p', name);
    if (url !== null) one.append(' (', link(words, url), ')');
    return one;
  }

  function lengthOf(milliseconds) {
    const minutes = Math.max(1, Math.round(milliseconds / 60000));
    const counted = (count, unit) => count + ' ' + unit + (count === 1 ? '' : 's');
    if (minutes >= 2880) return counted(Math.round(minutes / 1440), 'day');
    const hours = Math.floor(minutes / 60);
    if (hours === 0) return counted(minutes, 'minute');
    return minutes % 60 === 0 ? counted(hours, 'hour') : counted(hours, 'hour') + ' ' + counted(minutes % 60, 'minute');
  }

  // On the reader's own clock, with its zone.
  const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

  function tellDeadline({ expiresAt, state, briefing }) {
    const [asked, ends] = [new Date(briefing.requestedAt), new Date(expiresAt)];
    const ago = 'Asked ' + lengthOf(Date.now() - asked) + ' ago (' + clock.format(asked) + ').';
    const left = ends - Date.now();
    const until = left > 0
      ? ' It waits for another ' + lengthOf(left) + ', until ' + clock.format(ends) + '. ' + briefing.withoutAnswer
      : ' The request ended ' + lengthOf(-left) + ' ago (' + clock.format(ends) + ').';
    element('plan-deadline').textContent = ago + (state === 'pending' || state === 'expired' ? until : '');
  }

  async function decide(decision) {
    await api('', { method: 'POST', body: JSON.stringify({ decision, digest }) });
    element('decision').hidden = true;
    element('commands').hidden = true;
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
