import { OutcomeUnknown, Refused } from '@selfheal/kernel/errors.ts';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { hostileText, madeMessage } from '#lab/channels/made-messages.ts';
import { makePoster } from '#shared/adapters/http/poster.ts';
import { ticketBodyOf, titleOf } from '#shared/plugins/notifiers/github-issue/issue-text.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import type { Poster } from '#shared/ports/poster.ts';
import { aGithubTarget } from '#test/builders/index.ts';
import { makeGithubConformance } from '#test/contract/github-conformance.ts';

type Escalation = Extract<Announcement, { kind: 'escalation' }>;
const escalation = SAMPLE_ANNOUNCEMENTS.map(({ announcement }) => announcement).find(
  ({ kind }) => kind === 'escalation',
) as Escalation;
const { id } = escalation.story.incident;
const recovered: Announcement = {
  kind: 'progress',
  story: { ...escalation.story, stage: 'final', incident: { ...escalation.story.incident, status: 'resolved' } },
};
/** An escalation about another incident, or about a run. */
const about = (change: object, diagnosis = escalation.story.diagnosis): Escalation => ({
  ...escalation,
  story: { ...escalation.story, diagnosis, incident: { ...escalation.story.incident, ...change } },
});
const OPERATIONS = 'acme/operations';

let world: World;
let conformance: ReturnType<typeof makeGithubConformance>;
beforeEach(async () => {
  world = await startWorld();
  for (const name of [OPERATIONS, 'acme/platform']) world.github.addRepository(name);
  conformance = makeGithubConformance();
  world.onExchange(conformance.onExchange);
});
afterEach(async () => {
  expect(conformance.problems).toEqual([]);
  await world.stop();
});

const issues = (repository = OPERATIONS) => world.github.issues(repository);
const commentsOn = (number: number, repository = OPERATIONS) => world.github.comments(repository, number);

async function tell(announcement: Announcement, settings: object = {}, change: Partial<Poster> = {}) {
  const section = { repository: OPERATIONS, ...settings };
  const plugin = notifiersOf({ notifiers: { 'github-issue': section } }).find((one) => one.id === 'github-issue');
  if (plugin === undefined) throw new Error('GitHub issues are not used with these settings.');
  if (!plugin.takes.includes(announcement.kind) || !plugin.wants(announcement)) return null;
  const stored = JSON.stringify({
    url: 'https://github.example.com/api/v3',
    token: ['token', 'of', 'nobody'].join('-'),
  });
  const poster = makePoster({
    secrets: { read: async () => ({ 'github-issue': stored }) },
    origin: world.url,
    wait: async () => undefined,
  });
  return await plugin.notify(announcement, { poster: { ...poster, ...change } } as never);
}

describe('a ticket as an issue at GitHub', () => {
  it('is created once and found by the incident when it is told again', async () => {
    const first = await tell(escalation, { labels: ['incident'] });
    expect(first?.where).toMatch(/acme\/operations\/issues\/1$/);
    expect((await tell(escalation))?.where).toBe(first?.where);
    expect(issues()).toMatchObject([{ number: 1, state: 'open', labels: ['selfheal', 'incident'] }]);
    expect(issues()[0]?.body).toContain(`Selfheal incident ${id}`);
    expect(commentsOn(1)).toHaveLength(1);
  });

  it('is closed when the incident recovered, and reopened when it comes back, also as another incident', async () => {
    await tell(escalation);
    await tell(recovered);
    expect(issues()).toMatchObject([{ state: 'closed', stateReason: 'completed' }]);
    expect(await tell(recovered)).toBeNull();
    await tell(escalation);
    expect(issues()).toMatchObject([{ state: 'open', stateReason: 'reopened' }]);
    await tell(recovered);
    await tell(about({ id: 'cw-00000000ffff', recurrence: { earlier: id, times: 2 } }));
    expect(issues()).toMatchObject([{ state: 'open' }]);
    expect(commentsOn(1)).toHaveLength(4);
  });

  it('is not written for what recovered before anybody had to mend it', async () => {
    expect(await tell(recovered)).toBeNull();
    expect(issues()).toEqual([]);
  });

  it('is not created again when the answer was lost', async () => {
    const { send } = makePoster({ secrets: { read: async () => ({}) }, origin: world.url });
    let lost = 0;
    const result = await tell(
      escalation,
      {},
      {
        send: async (request) => {
          const answer = await send(request);
          if (request.method !== 'POST' || lost > 0) return answer;
          lost += 1;
          throw new OutcomeUnknown('The answer was lost.');
        },
      },
    );
    expect(result?.where).toMatch(/issues\/1$/);
    expect(issues()).toHaveLength(1);
  });

  it('is found after somebody transferred it, and created anew after somebody deleted it', async () => {
    await tell(escalation);
    const { number } = world.github.transferIssue(OPERATIONS, 1, 'acme/platform');
    expect((await tell(recovered))?.where).toContain('acme/platform/issues/');
    expect(issues('acme/platform')).toMatchObject([{ number, state: 'closed' }]);
    world.github.deleteIssue('acme/platform', number);
    await tell(escalation);
    expect(issues()).toMatchObject([{ state: 'open' }]);
  });

  it('is never one that somebody else wrote with our mark in it', async () => {
    await tell(escalation);
    const body = issues()[0]?.body ?? '';
    world.github.deleteIssue(OPERATIONS, 1);
    world.github.setIdentity('workflow');
    await fetch(`${world.githubApiUrl}/repos/${OPERATIONS}/issues`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer somebody',
        accept: 'application/vnd.github+json',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ title: 'Planted', body, labels: ['selfheal'] }),
    });
    world.github.setIdentity('user');
    await tell(recovered);
    expect(issues()).toMatchObject([{ title: 'Planted', state: 'open' }]);
    await tell(escalation);
    expect(issues()).toHaveLength(2);
  });

  it('stands in the repository of the run, assigned to the author of the suspected change', async () => {
    const target = aGithubTarget({ actor: 'acme-dev', pullRequest: null });
    const { diagnosis } = escalation.story;
    const regression = { ...diagnosis, classification: { ...diagnosis?.classification, verdict: 'regression' } };
    world.github.addRepository('acme/shop');
    await tell(about({ target }, regression as never));
    expect(issues('acme/shop')).toMatchObject([{ assignees: ['acme-dev'] }]);
    await tell(about({ target: { ...target, runId: 2 }, id: 'gh-000000000002' }, regression as never), {
      repositories: { 'acme/shop': OPERATIONS },
      assignees: { 'acme/shop': 'acme-owner' },
    });
    expect(issues()).toMatchObject([{ assignees: ['acme-owner'] }]);
  });

  it('is created without an assignee who left, and says so', async () => {
    const told = await tell(escalation, { assignee: 'gone-fishing' });
    expect(told?.problem).toContain('refuses to assign it to gone-fishing');
    expect(issues()).toMatchObject([{ assignees: [] }]);
  });

  it('is only written for what code causes where that is set', async () => {
    expect(await tell(escalation, { only: 'code' })).toBeNull();
    const { title } = escalation.story.incident.tainted;
    const word = /\w{4,}/.exec(title)?.[0] ?? '';
    expect(await tell(escalation, { only: 'code', codeKeywords: [word] })).not.toBeNull();
    expect(issues()[0]?.body).toContain('Code-related by the keyword');
  });

  it('refuses with words for a token that may not write issues', async () => {
    world.github.setPermissions({ issues: 'read', metadata: 'read' });
    await expect(tell(escalation)).rejects.toThrow(/GitHub issues: the answer was status 403: .*not accessible/);
    await expect(tell(escalation)).rejects.toThrow(Refused);
    expect(issues()).toEqual([]);
  });
});

describe('what outsiders word', () => {
  /** What GitHub would take for a mention, reference, link, image or HTML, outside blocks of code and what the ticket itself writes. */
  const LIVE = /(?<!\\)(?:\\\\)*[*_~`|[\]]|@(?=\w)|(?<!&)#(?=\d)|:\/\/|<(?!\/?sub>)/u;
  const withoutOwn = (text: string): string =>
    text
      .replace(/^<!-- selfheal-ticket:[\w-]+ -->\n/, '')
      .replaceAll(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, '')
      .replaceAll(/`[^`\n]+`/g, '')
      .replaceAll(/\[(?:[^\]\\]|\\.)*\]\(https?:\/\/[^()\s]+\)/g, '')
      .replaceAll(/^- \*\*|:\*\* /gm, '');

  it('mentions, links and formats nothing in title, body or comment (300 hostile texts, 200 long messages)', () => {
    const texts = fc.sample(hostileText, { numRuns: 300, seed: 20_261_126 });
    const messages = [
      ...texts.map((text) => ({
        tone: 'bad' as const,
        title: text,
        paragraphs: [text],
        facts: [{ name: 'Cause', value: text }],
        quoted: text.split('\n'),
        links: [{ name: text, url: 'https://example.com/a_(b)' }],
        incidentId: id,
      })),
      ...fc.sample(madeMessage, { numRuns: 200, seed: 20_261_126 }),
    ];
    for (const made of messages) {
      // As `channelMessageOf` gives them: without marks of code, but in lines of logs.
      const plain = (text: string) => text.replaceAll('`', '');
      const facts = made.facts.map(({ name, value }) => ({ name: plain(name), value: plain(value) }));
      const links = made.links.map(({ name, url }) => ({ name: plain(name), url }));
      const message = { ...made, paragraphs: made.paragraphs.map(plain), facts, links };
      expect(titleOf(message)).not.toMatch(/[@#](?=[\p{L}\p{N}_])|`|:\/\/|\n/u);
      const body = ticketBodyOf(message, 'By its class.', id);
      expect(withoutOwn(body)).not.toMatch(LIVE);
      expect(body.split(`selfheal-ticket:${id}`)).toHaveLength(2);
      expect(body.length).toBeLessThan(65_536);
    }
  });
});
