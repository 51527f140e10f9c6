import type { ApprovalDetails } from '#shared/app/approve/approval.ts';

/**
 * Runs in the browser. Signs in with Cognito's InitiateAuth (and a new password or an authenticator code when Cognito asks for one), shows the
 * plan as plain text, and posts the decision with the token. The token is kept only in the memory of this page.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
 */
interface CognitoAnswer {
  readonly AuthenticationResult?: { readonly IdToken: string };
  readonly ChallengeName?: string;
  readonly Session?: string;
}
interface Challenge {
  readonly name: string;
  readonly session: string | undefined;
  readonly field: string;
  readonly user: string;
}

const CHALLENGES = new Map([
  [
    'NEW_PASSWORD_REQUIRED',
    { field: 'NEW_PASSWORD', label: 'Choose a new password', type: 'password', fill: 'new-password' },
  ],
  [
    'SOFTWARE_TOKEN_MFA',
    {
      field: 'SOFTWARE_TOKEN_MFA_CODE',
      label: 'Code of your authenticator',
      type: 'text',
      fill: 'one-time-code',
    },
  ],
] as const);
const { identity = '', client = '' } = document.body.dataset;
const address = location.pathname.replace(/\/+$/, '');
/** Formats times in the reader's own time zone. */
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

let token = '';
let digest = '';
let challenge: Challenge | null = null;

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}.`);
  return found;
}

const inputOf = (id: string) => element(id) as HTMLInputElement;

function showText(texts: Readonly<Record<string, string>>): void {
  for (const [id, text] of Object.entries(texts)) element(id).textContent = text;
}

function showOnly(shown: Readonly<Record<string, boolean>>): void {
  for (const [id, visible] of Object.entries(shown)) element(id).hidden = !visible;
}

async function cognito(operation: string, input: object): Promise<CognitoAnswer> {
  const response = await fetch(identity, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify({ ClientId: client, ...input }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message || 'Signing in failed. Check user name and password.');
  return answer;
}

async function api(path: string, options: RequestInit = {}) {
  const response = await fetch(address + path, {
    ...options,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.message || `The request failed with status ${response.status}. Try again.`);
  return answer;
}

async function proceed(answer: CognitoAnswer, user: string): Promise<void> {
  if (answer.AuthenticationResult !== undefined) {
    token = answer.AuthenticationResult.IdToken;
    showOnly({ 'sign-in': false, challenge: false });
    await show();
    return;
  }
  const { ChallengeName: name = '', Session: session } = answer;
  const kind = CHALLENGES.get(name as 'SOFTWARE_TOKEN_MFA');
  if (kind === undefined) throw new Error(`This page does not support the sign-in challenge ${name}.`);
  challenge = { name, session, field: kind.field, user };
  const input = inputOf('challenge-answer');
  input.type = kind.type;
  input.autocomplete = kind.fill;
  input.value = '';
  showOnly({ 'sign-in': false, challenge: true });
  showText({ 'challenge-label': kind.label, status: `${kind.label}.` });
  input.focus();
}

async function show(): Promise<void> {
  const details: ApprovalDetails = await api('/details');
  const { briefing, state } = details;
  digest = details.digest;
  const open = state === 'pending';
  const ended = state === 'expired' ? 'The request has expired.' : `It was ${state} by ${details.decidedBy}.`;
  showText({
    'plan-title': details.title,
    'plan-headline': `What failed: ${briefing.headline}`,
    'plan-deadline': deadlineOf(details),
    'change-diff': briefing.change?.diff ?? '',
    'command-approve': briefing.commands?.approve ?? '',
    'command-reject': briefing.commands?.reject ?? '',
    status: open ? (details.objection ?? 'Read the plan, then decide.') : ended,
  });
  const quoted = briefing.evidence.flatMap(({ name, url, lines }) => [named(name, url), made('pre', lines.join('\n'))]);
  const evidence = [...quoted, ...briefing.notes.map((line) => made('p', line))];
  const isOfPlan = (name: string) => briefing.plan.some((fact) => fact.name === name);
  const content = {
    'plan-facts': terms(briefing.plan),
    'change-looks': (briefing.change?.looks ?? []).map((line) => made('li', line)),
    cause: briefing.cause.map((line) => made('p', line)),
    evidence: evidence.length > 0 ? evidence : [made('p', 'No log could be read.')],
    history: briefing.history.map((line) => made('li', line)),
    links: briefing.links.map(({ name, url }) => made('li', link(name, url))),
    'target-facts': terms(details.facts.filter(({ name }) => !isOfPlan(name))),
  };
  for (const [id, children] of Object.entries(content)) element(id).replaceChildren(...children);
  showOnly({
    plan: true,
    change: briefing.change !== null,
    decision: open,
    commands: open && briefing.commands !== null,
    approve: details.mayApprove,
  });
  element('plan-title').focus();
}

function made(tag: string, content: string | Node): HTMLElement {
  const one = document.createElement(tag);
  one.append(content);
  return one;
}

const terms = (facts: readonly { readonly name: string; readonly value: string }[]): HTMLElement[] =>
  facts.flatMap(({ name, value }) => [made('dt', name), made('dd', value)]);

function link(text: string, url: string): HTMLAnchorElement {
  const one = document.createElement('a');
  one.textContent = text;
  one.href = url;
  one.rel = 'noreferrer noopener';
  return one;
}

function named(name: string, url: string | null): HTMLElement {
  const one = made('p', name);
  if (url !== null) one.append(' (', link('log', url), ')');
  return one;
}

function formatDuration(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  const counted = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`;
  if (minutes >= 2880) return counted(Math.round(minutes / 1440), 'day');
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return counted(minutes, 'minute');
  const rest = minutes % 60;
  return rest === 0 ? counted(hours, 'hour') : `${counted(hours, 'hour')} ${counted(rest, 'minute')}`;
}

function deadlineOf({ expiresAt, state, briefing }: ApprovalDetails): string {
  const [requested, ends] = [new Date(briefing.requestedAt), new Date(expiresAt)];
  const ago = `Requested ${formatDuration(Date.now() - requested.getTime())} ago (${clock.format(requested)}).`;
  if (state !== 'pending' && state !== 'expired') return ago;
  const left = ends.getTime() - Date.now();
  if (left <= 0) return `${ago} The request expired ${formatDuration(-left)} ago (${clock.format(ends)}).`;
  return `${ago} It expires in ${formatDuration(left)}, on ${clock.format(ends)}. ${briefing.withoutAnswer}`;
}

async function decide(decision: 'approved' | 'rejected'): Promise<void> {
  await api('', { method: 'POST', body: JSON.stringify({ decision, digest }) });
  showOnly({ decision: false, commands: false });
  showText({
    status: decision === 'approved' ? 'Approved. Selfheal executes the plan.' : 'Rejected. Selfheal changes nothing.',
  });
}

/** Runs `work` on the event, with all buttons disabled until it ends. Shows an error as the status. */
function on(id: string, type: 'submit' | 'click', work: () => Promise<void>): void {
  element(id).addEventListener(type, async (event) => {
    event.preventDefault();
    const buttons = [...document.querySelectorAll('button')];
    for (const button of buttons) button.disabled = true;
    try {
      await work();
    } catch (error) {
      showText({ status: error instanceof Error ? error.message : String(error) });
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });
}

on('sign-in', 'submit', async () => {
  const user = inputOf('user').value.trim();
  const AuthParameters = { USERNAME: user, PASSWORD: inputOf('password').value };
  await proceed(await cognito('InitiateAuth', { AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters }), user);
  inputOf('password').value = '';
});
on('challenge', 'submit', async () => {
  if (challenge === null) return;
  const { name, session, field, user } = challenge;
  const ChallengeResponses = { USERNAME: user, [field]: inputOf('challenge-answer').value };
  const answer = { ChallengeName: name, Session: session, ChallengeResponses };
  await proceed(await cognito('RespondToAuthChallenge', answer), user);
  inputOf('challenge-answer').value = '';
});
on('approve', 'click', () => decide('approved'));
on('reject', 'click', () => decide('rejected'));
