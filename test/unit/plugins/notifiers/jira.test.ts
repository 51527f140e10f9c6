import { OutcomeUnknown } from '@selfheal/kernel/errors.ts';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { makeLocalJira } from '#apps/local/world/jira.ts';
import { hostileText } from '#lab/channels/made-messages.ts';
import { codeRoutingOf } from '#shared/plugins/notifiers/common/ticket-routing.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';
import type { ChannelRequest, Poster } from '#shared/ports/poster.ts';

type Escalation = Extract<Announcement, { kind: 'escalation' }>;
const announcements = SAMPLE_ANNOUNCEMENTS.map(({ announcement }) => announcement);
const escalation = announcements.find(({ kind }) => kind === 'escalation') as Escalation;
const recovered: Announcement = {
  kind: 'progress',
  story: { ...escalation.story, stage: 'final', incident: { ...escalation.story.incident, status: 'resolved' } },
};
const TOKEN = ['token', 'of', 'nobody'].join('-');

let jira: ReturnType<typeof makeLocalJira>;
let requests: ChannelRequest[];
/** Answers that are lost after the local Jira has done what was asked. */
let lost: number;
beforeEach(() => {
  jira = makeLocalJira(undefined);
  requests = [];
  lost = 0;
});

function posterFor(edition: string): Poster {
  return {
    secretOf: async () => ({
      url: 'https://local.atlassian.net/',
      token: TOKEN,
      ...(edition === 'cloud' ? { user: 'robot@example.com' } : {}),
    }),
    send: async (request) => {
      requests.push(request);
      const { pathname, searchParams: query } = new URL(request.url);
      const wire = { method: request.method ?? 'POST', path: pathname, query, headers: { ...request.headers } };
      const call = jira.service.recognise({ ...wire, body: Buffer.from(request.body) });
      const answer = await call?.perform();
      if (pathname.endsWith('/issue') && lost > 0) {
        lost -= 1;
        throw new OutcomeUnknown('The answer was lost');
      }
      if (answer === undefined || answer.status >= 300)
        throw new Error(`${pathname}: ${answer?.status} ${answer?.body}`);
      return { status: answer.status, headers: {}, text: String(answer.body) };
    },
  };
}

async function tell(announcement: Announcement, settings: object = {}) {
  const section = { project: 'OPS', edition: 'cloud', ...settings };
  const plugin = notifiersOf({ notifiers: { jira: section } }).find(({ id }) => id === 'jira');
  if (plugin === undefined) throw new Error('Jira is not used with these settings.');
  if (!plugin.takes.includes(announcement.kind) || !plugin.wants(announcement)) return null;
  return await plugin.notify(announcement, { poster: posterFor(section.edition) } as never);
}

describe.each(['cloud', 'data-center'])('a ticket in Jira (%s)', (edition) => {
  it('[E23] [E24] is created once, and found by the incident when it is told again', async () => {
    const first = await tell(escalation, { edition });
    expect(first).toEqual({ where: 'https://local.atlassian.net/browse/OPS-1' });
    await expect(tell(escalation, { edition })).resolves.toEqual(first);
    expect(jira.control.issues()).toMatchObject([
      {
        key: 'OPS-1',
        fields: { project: { key: 'OPS' }, labels: ['selfheal', `selfheal-${escalation.story.incident.id}`] },
        properties: [{ key: 'selfheal', value: { incidentId: escalation.story.incident.id } }],
      },
    ]);
  });

  it('is not created again when the answer was lost', async () => {
    lost = 1;
    await expect(tell(escalation, { edition })).resolves.toMatchObject({ where: expect.stringContaining('OPS-1') });
    expect(jira.control.issues()).toHaveLength(1);
    const posts = requests.filter(({ url }) => url.endsWith('/issue'));
    expect(posts).toMatchObject([{ once: true }]);
  });

  it('is found again after somebody moved it to another project, where it goes on, closes and reopens', async () => {
    await tell(escalation, { edition });
    jira.control.move('OPS-1', 'LED');
    const moved = { where: 'https://local.atlassian.net/browse/LED-2' };
    await expect(tell(escalation, { edition })).resolves.toEqual(moved);
    await expect(tell(recovered, { edition })).resolves.toEqual(moved);
    expect(jira.control.issues()).toMatchObject([{ key: 'LED-2', status: 'done' }]);
    await expect(tell(escalation, { edition })).resolves.toEqual(moved);
    expect(jira.control.issues()).toMatchObject([{ status: 'new', comments: [1, 2, 3].map(() => expect.anything()) }]);
  });

  it('is created anew after somebody deleted it, and nothing is said of a recovery then', async () => {
    await tell(escalation, { edition });
    jira.control.remove('OPS-1');
    await expect(tell(recovered, { edition })).resolves.toBeNull();
    expect(jira.control.issues()).toEqual([]);
    await tell(escalation, { edition });
    expect(jira.control.issues()).toMatchObject([{ status: 'new' }]);
  });

  it('is closed when the incident recovered, and reopened when it comes back', async () => {
    await tell(escalation, { edition });
    await tell(recovered, { edition });
    expect(jira.control.issues()).toMatchObject([{ status: 'done' }]);
    await expect(tell(recovered, { edition })).resolves.toBeNull();
    await tell(escalation, { edition });
    expect(jira.control.issues()).toMatchObject([{ status: 'new', comments: [{}, {}].map(() => expect.anything()) }]);
  });

  it('[E25] goes to the project and the person of the repository, alarm or service', async () => {
    const map = { 'ledger-latency': 'LED' };
    await tell(escalation, { edition, projects: map, assignees: { 'ledger-latency': 'person-1' }, assignee: 'other' });
    const assignee = edition === 'cloud' ? { accountId: 'person-1' } : { name: 'person-1' };
    expect(jira.control.issues()).toMatchObject([{ key: 'LED-1', fields: { assignee } }]);
  });

  it('is refused by the names of the fields that nobody mapped, and created once they are', async () => {
    jira.control.demand({ customfield_10010: 'Team', customfield_10011: 'Severity' });
    const refused = tell(escalation, { edition, fields: { customfield_10011: { value: 'High' } } });
    await expect(refused).rejects.toThrow(
      /OPS that nobody mapped: Team \(customfield_10010\)\. .*notifiers\.jira\.fields/,
    );
    await expect(refused).rejects.toMatchObject({ name: 'Refused' });
    expect(jira.control.issues()).toEqual([]);
    await tell(escalation, {
      edition,
      fields: { customfield_10010: { id: '1' }, customfield_10011: { value: 'High' } },
    });
    expect(jira.control.issues()).toHaveLength(1);
  });

  it('names the types of issues that there are', async () => {
    await expect(tell(escalation, { edition, issueType: 'Incident' })).rejects.toThrow(
      /no issue type Incident.*one of: Bug/,
    );
  });

  it('takes every text of outsiders as text', async () => {
    for (const text of fc.sample(hostileText, { numRuns: 100, seed: 20_261_126 })) {
      jira = makeLocalJira(undefined);
      const { story } = escalation;
      const diagnosis = { ...story.diagnosis, rootCause: text, fix: text, summary: text } as IncidentStory['diagnosis'];
      await tell({ ...escalation, reason: text, story: { ...story, diagnosis } }, { edition });
      const [issue] = jira.control.issues();
      const { description } = issue?.fields ?? {};
      if (edition === 'cloud') {
        const links = JSON.stringify(description).match(/"href":"[^"]*"/g) ?? [];
        expect(links.filter((link) => link.includes('evil'))).toEqual([]);
      } else {
        expect(String(description)).toMatch(
          /^\{noformat\}\n[^{[]*(?:[{[]\u2060[^{[]*)*\n\{noformat\}(?:\nhttps?:\/\/\S+)*$/,
        );
      }
    }
  });
});

it('never names the token in what it says', async () => {
  const section = { project: 'OPS', issueType: 'Incident' };
  await expect(tell(escalation, section)).rejects.not.toThrow(TOKEN);
});

describe('code-related failures', () => {
  const saying = (verdict: string, title: string): IncidentStory => {
    const { diagnosis, incident } = escalation.story;
    const classification = { ...diagnosis?.classification, verdict, class: 'test_failure' };
    return {
      ...escalation.story,
      incident: { ...incident, tainted: { ...incident.tainted, title } },
      diagnosis: { ...diagnosis, classification } as IncidentStory['diagnosis'],
    } as IncidentStory;
  };

  it.each([
    ['regression', 'Anything', [], true, 'Code-related by its class: test failure.'],
    [
      'infrastructure',
      'A NullPointerException in Cart',
      ['nullpointer'],
      true,
      'Code-related by the keyword "nullpointer".',
    ],
    ['infrastructure', 'The disk is full', ['nullpointer'], false, 'Not code-related by its class or by a keyword.'],
  ])(
    '[E22] are told by their class or by a keyword, and the ticket says by which: %s, %s',
    async (verdict, title, codeKeywords, isCode, words) => {
      const story = saying(verdict, title);
      expect(codeRoutingOf(story, codeKeywords)).toEqual({ isCode, words });
      await tell({ ...escalation, story }, { only: 'code', codeKeywords });
      const created = jira.control.issues();
      expect(created).toHaveLength(isCode ? 1 : 0);
      if (isCode) expect(JSON.stringify(created)).toContain(JSON.stringify(words).slice(1, -1));
    },
  );
});
