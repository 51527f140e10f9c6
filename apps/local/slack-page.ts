import { escapeText, renderWebPage } from '@selfheal/fake-server/web-page.ts';
import { objectOf, textOf } from '@selfheal/local-cloud/template/json.ts';
import type { GatewayResponse } from '@selfheal/local-cloud/wire/request.ts';
import { listOf } from './chat-text.ts';
import { htmlResponse } from './html-response.ts';
import { slackHtml } from './slack-html.ts';
import type { LocalSlackMessage, LocalSlackWhisper, SlackControl } from './world/slack.ts';

/** Where the forms of the page are sent. */
export const SLACK_FORM_PATH = '/local-api/slack';

/** The channel of the local Slack: a thread an incident, the newest first, with its buttons and a field to write to the app. */
export function slackPage(slack: SlackControl): GatewayResponse {
  const messages = slack.messages();
  const whispers = slack.whispers();
  const roots = messages.filter(({ thread_ts }) => thread_ts === undefined).toReversed();
  const threads = roots.map((root) =>
    threadHtml(
      root,
      messages.filter(({ thread_ts }) => thread_ts === root.ts),
      whispers.filter(({ thread }) => thread === root.ts),
      slack,
    ),
  );
  const alone = whispers.filter(({ thread }) => thread === null).slice(-3);
  const content = [
    '<p class="meta">One thread for each incident. Its first message is edited in place. Slack shows the answer to a button or a command only to you.</p>',
    formHtml(slack, { say: 'command', thread: '', label: 'Slash command', before: '/selfheal', hint: 'status' }),
    ...alone.map((one) => whisperHtml(one, slack)),
    roots.length === 0 ? '<p class="empty">No message yet.</p>' : '',
    ...threads,
  ].join('');
  const page = renderWebPage({
    title: '#incidents',
    place: 'Slack',
    links: [
      { name: 'Dashboard', href: '/' },
      { name: 'Mailbox', href: '/mail' },
      { name: 'Chat', href: '/chat' },
    ],
    content: `${STYLE}${content}`,
  });
  return htmlResponse(page, { isForm: true });
}

const STYLE = `<style>
.reply,.whisper{margin:8px 0 8px 16px;padding:0 0 0 12px;border-left:3px solid var(--line)}.whisper{border-color:var(--accent)}
.buttons{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0 12px}details{border:1px solid var(--line);border-radius:6px}summary{padding:6px 12px;cursor:pointer;font-weight:550}
details>div{padding:0 12px}.ask{display:flex;flex-wrap:wrap;gap:8px;align-items:center;max-width:none;margin:8px 0 12px}
.ask label,.ask input,.ask select,.ask button{width:auto;margin:0}.ask input[type=text]{flex:1 1 12em;min-width:0}select{padding:8px;border:1px solid var(--line);border-radius:6px;background:var(--surface);color:inherit;font:inherit}
</style>`;

function threadHtml(
  root: LocalSlackMessage,
  replies: readonly LocalSlackMessage[],
  whispers: readonly LocalSlackWhisper[],
  slack: SlackControl,
): string {
  const edited = root.edits === 0 ? '' : `, edited ${root.edits} ${root.edits === 1 ? 'time' : 'times'}`;
  const later = [
    ...replies.map((one) => ({
      at: one.at,
      html: `<div class="reply">${headHtml('Selfheal', one.at)}${slackHtml(one.blocks)}</div>`,
    })),
    ...whispers.map((one) => ({ at: one.at, html: whisperHtml(one, slack) })),
  ].sort((a, b) => a.at.localeCompare(b.at));
  return `<article id="t${escapeText(root.ts.replace('.', '-'))}"><header>Selfheal, ${timeHtml(root.at)}${edited}</header><div>${slackHtml(root.blocks)}${buttonsHtml(root, slack)}${later.map(({ html }) => html).join('')}${formHtml(slack, { say: 'mention', thread: root.ts, label: 'Write in the thread', before: '@Selfheal', hint: 'show' })}</div></article>`;
}

/** A button opens its confirmation, as in Slack; only that one acts. */
function buttonsHtml(root: LocalSlackMessage, slack: SlackControl): string {
  const buttons = listOf(root.blocks)
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements }) => listOf(elements));
  if (buttons.length === 0) return '';
  return `<div class="buttons">${buttons.map((button) => buttonHtml(button, root, slack)).join('')}</div>`;
}

function buttonHtml(button: Record<string, unknown>, { ts }: LocalSlackMessage, slack: SlackControl): string {
  const confirm = objectOf(button.confirm);
  const words = (value: unknown) => escapeText(textOf(objectOf(value).text) ?? '');
  const fields = hiddenHtml({
    say: 'press',
    thread: ts,
    action: textOf(button.action_id) ?? '',
    value: textOf(button.value) ?? '',
  });
  return `<details><summary>${words(button.text)}</summary><div><p><strong>${words(confirm.title)}</strong> ${words(confirm.text)}</p><form class="ask" method="post" action="${SLACK_FORM_PATH}">${fields}${personHtml(slack)}<button>${words(confirm.confirm)}</button></form></div></details>`;
}

interface Field {
  readonly say: 'command' | 'mention';
  readonly thread: string;
  readonly label: string;
  readonly before: string;
  readonly hint: string;
}

function formHtml(slack: SlackControl, { say, thread, label, before, hint }: Field): string {
  const name = `${escapeText(label)} <code>${escapeText(before)}</code>`;
  return `<form class="ask" method="post" action="${SLACK_FORM_PATH}">${hiddenHtml({ say, thread })}${personHtml(slack)}<label>${name} <input type="text" name="text" maxlength="200" placeholder="${escapeText(hint)}"></label><button>Send</button></form>`;
}

const hiddenHtml = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${escapeText(name)}" value="${escapeText(value)}">`)
    .join('');

const personHtml = (slack: SlackControl): string =>
  `<label>as <select name="user">${slack
    .people()
    .map(({ id, name }) => `<option value="${escapeText(id)}">${escapeText(name)}</option>`)
    .join('')}</select></label>`;

function whisperHtml({ user, at, blocks, text }: LocalSlackWhisper, slack: SlackControl): string {
  const name = slack.people().find(({ id }) => id === user)?.name ?? user;
  const shown = blocks.length > 0 ? slackHtml(blocks) : `<p>${escapeText(text)}</p>`;
  return `<div class="whisper">${headHtml(`Only ${name} ${name === 'you' ? 'see' : 'sees'} this`, at)}${shown}</div>`;
}

const headHtml = (who: string, at: string): string => `<p class="meta">${escapeText(who)}, ${timeHtml(at)}</p>`;

const timeHtml = (at: string): string =>
  `<time datetime="${escapeText(at)}">${escapeText(at.replace('T', ' ').slice(0, 19))} UTC</time>`;

/** How long the page waits for what the app tells whoever asked, which comes through its queue. */
const WAIT_MS = 4000;
const STEP_MS = 50;

/** Carries out a form of the page, and leads back to its thread. */
export async function submitSlackForm(form: URLSearchParams, slack: SlackControl): Promise<GatewayResponse> {
  const [say, user, thread, text] = ['say', 'user', 'thread', 'text'].map((name) => form.get(name) ?? '') as [
    string,
    string,
    string,
    string,
  ];
  const before = slack.whispers().length;
  const status = await sent(
    say,
    { user, thread, text, action: form.get('action') ?? '', value: form.get('value') ?? '' },
    slack,
  );
  if (status !== 200)
    return {
      status: 502,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: `The app answered Slack with status ${status}. Go back and try it again.`,
    };
  for (let waited = 0; waited < WAIT_MS && slack.whispers().length === before; waited += STEP_MS)
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  const place = thread === '' ? '' : `#t${thread.replace('.', '-')}`;
  return { status: 303, headers: { location: `/slack${place}` }, body: '' };
}

async function sent(
  say: string,
  { user, thread, text, action, value }: Readonly<Record<'user' | 'thread' | 'text' | 'action' | 'value', string>>,
  slack: SlackControl,
): Promise<number> {
  if (say === 'press') return await slack.press(user, { action, value, thread });
  return say === 'mention' ? await slack.mention(user, text, thread) : await slack.command(user, text);
}
