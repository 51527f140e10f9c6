import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { dryRun } from '#shared/app/notify/dry-run.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { channelMessageOf } from '#shared/plugins/notifiers/common/channel-message.ts';
import { defineChatNotifier, WebhookFields } from '#shared/plugins/notifiers/common/chat-notifier.ts';
import type { NotifierPlugin } from '#shared/plugins/notifiers/contract.ts';
import { NOTIFIERS, notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import { FORMS, type Form } from '#shared/plugins/notifiers/webhook/forms.ts';
import { configurationWith, PLUGINS } from '#shared/plugins/plugins.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';
import type { ChannelRequest, Poster } from '#shared/ports/poster.ts';
import { anActionRecord, anAlarmTarget, anIncident } from '#test/builders/index.ts';
import { localPoster, SECRETS, SIGNING_KEY } from './local-poster.ts';

/** With the settings of its sample and others. */
function notifier(id: string, settings: object = {}): NotifierPlugin {
  const sample = NOTIFIERS.find((one) => one.id === id)?.sample?.settings;
  const found = notifiersOf({ notifiers: { [id]: { ...sample, ...settings } } }).find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no notifier ${id} with these settings.`);
  return found;
}

const send = async (one: NotifierPlugin, announcement: Announcement) => {
  const { poster, sent } = localPoster();
  const where = one.wants(announcement)
    ? await one.notify(announcement, {
        poster,
        mailer: {} as never,
        smtp: {} as never,
        texter: {} as never,
        codeHost: {} as never,
      })
    : null;
  return { where, body: sent[0]?.body ?? null, request: sent[0] ?? null };
};

const CHANNELS = ['slack', 'teams', 'pagerduty', 'jsm', 'webhook'];
const told = SAMPLE_ANNOUNCEMENTS.filter(({ announcement }) => notifier('slack').takes.includes(announcement.kind));

describe.each(CHANNELS)('%s', (id) => {
  it.each(told)('takes what its service takes: $title', async ({ announcement }) => {
    const { where, body } = await send(notifier(id), announcement);
    expect(where === null).toBe(body === null);
  });

  it('tells only what it is asked to tell', async () => {
    const only = notifier(id, { tell: ['approvals'] });
    const kinds = told
      .filter(({ announcement }) => only.wants(announcement))
      .map(({ announcement }) => announcement.kind);
    expect(new Set(kinds)).toEqual(new Set(['approval-asked', 'approval-too-late']));
  });

  it('refuses a section that names nothing, and is not used without one', () => {
    expect(notifiersOf({ notifiers: { [id]: { tell: [] } } }).some((one) => one.id === id)).toBe(false);
    expect(notifiersOf({ notifiers: {} }).some((one) => one.id === id)).toBe(false);
  });
});

const HOSTILE = [
  '<!channel> <@U0123> <https://evil.example|click> @here @everyone',
  '**bold** [link](https://evil.example) <at>All</at> `code` ~x~ _y_',
  '```\nend of block\n``` /approve selfheal :rotating_light:',
  '<b onclick=x>html</b> &lt;script&gt; "quote" \\u202e',
  '/shutdown @admin #general https://evil.example/login t.me/evil',
];
const story = told.map(({ announcement }) => announcement).find((one) => one.kind === 'escalation');
const hostileStories = HOSTILE.map((text) => {
  const escalation = story as Extract<Announcement, { kind: 'escalation' }>;
  const { diagnosis, incident } = escalation.story;
  const changed: IncidentStory = {
    ...escalation.story,
    incident: { ...incident, tainted: { ...incident.tainted, title: text } },
    diagnosis: diagnosis === null ? null : { ...diagnosis, rootCause: text, fix: text },
  } as IncidentStory;
  return { ...escalation, story: changed, reason: text } satisfies Announcement;
});

const stringsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(stringsIn)
      : [];

describe('texts of outsiders', () => {
  it.each(hostileStories)('are text elements in Slack: $reason', async (announcement) => {
    const { body } = await send(notifier('slack'), announcement);
    const { text, mrkdwn, blocks } = JSON.parse(body ?? '{}');
    expect([mrkdwn, /[<>]/.test(text)]).toEqual([false, false]);
    const types = new Set(JSON.stringify(blocks).match(/"type":"[a-z_]+"/g));
    expect([...types].sort()).toEqual(
      ['header', 'link', 'plain_text', 'rich_text', 'rich_text_preformatted', 'rich_text_section', 'text']
        .map((type) => `"type":"${type}"`)
        .filter((type) => types.has(type)),
    );
    expect(JSON.stringify(blocks).match(/"url":"[^"]+"/g) ?? []).not.toContainEqual(expect.stringContaining('evil'));
  });

  it.each(hostileStories)('are runs in Teams, never a text block: $reason', async (announcement) => {
    const { body } = await send(notifier('teams'), announcement);
    expect(body).not.toMatch(/"type":"TextBlock"|"msteams":\{[^}]*entities|"url":"[^"]*evil/);
  });

  const WITHOUT_OWN = /```\n[\s\S]*?\n```|<https:\/\/\S+>|\*\*(?=\S)|(?<=\S)\*\*/g;
  it.each([
    ['discord', /(?<!\\)[*_~`|<>[\]]|[@#/](?=\w)/],
    ['mattermost', /(?<!\\)[*_~`|<>[\]]|[@#/](?=\w)/],
    ['telegram', /[@#](?=\w)|(?<=\s)\/(?=\w)|evil\.example/],
  ] as const)('mention, link and format nothing in %s', (form: Form, live) => {
    for (const announcement of hostileStories) {
      const message = channelMessageOf(announcement);
      if (message === null) throw new Error('An escalation is told.');
      const body = FORMS[form]({ ...message, links: [] }, '1');
      const texts = stringsIn(body).map((text) => text.replaceAll(WITHOUT_OWN, ''));
      for (const text of texts) expect(text).not.toMatch(live);
    }
  });

  it('are escaped in Google Chat', () => {
    for (const announcement of hostileStories) {
      const message = channelMessageOf(announcement);
      const text = JSON.stringify(FORMS['google-chat'](message as never));
      expect(text.replaceAll(/<\/?b>|<br>/g, '')).not.toMatch(/[<>]/);
    }
  });
});

describe('Slack', () => {
  it('counts an answer of 200 with an error in its text as a refusal', async () => {
    const poster: Poster = {
      secretOf: async () => SECRETS.slack ?? {},
      send: async () => ({ status: 200, headers: {}, text: 'no_service' }),
    };
    const sending = notifier('slack').notify(story as Announcement, { poster } as never);
    await expect(sending).rejects.toThrow('Slack: the answer was "no_service"');
  });
});

describe('Teams', () => {
  it('stays under 28 KB: quoted lines go first, cause and links stay', async () => {
    const { teamsBody } = await import('#shared/plugins/notifiers/teams/index.ts');
    const message = channelMessageOf(story as Announcement);
    if (message === null) throw new Error('An escalation is told.');
    const body = teamsBody({ ...message, quoted: Array.from({ length: 200 }, () => 'ü'.repeat(200)) });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(27_000);
    expect(body).toContain(message.title.slice(0, 30));
  });
});

describe('PagerDuty', () => {
  const events = told.map(({ announcement }) => channelMessageOf(announcement)).filter((one) => one !== null);
  it('triggers and resolves one alert under the id of the incident, and pages nobody about anything else', async () => {
    const { pagerdutyEvent } = await import('#shared/plugins/notifiers/pagerduty/index.ts');
    for (const message of events) {
      const event = pagerdutyEvent(message, 'k'.repeat(32)) as { event_action: string; dedup_key: string } | null;
      if (message.incidentId === null) expect(event).toBeNull();
      else expect(event?.dedup_key).toBe(message.incidentId);
      if (event !== null) expect(event.event_action).toBe(message.tone === 'good' ? 'resolve' : 'trigger');
    }
  });

  it('hears of the recovery of a run with a pull request, whose approval it may have paged for', () => {
    const recovered = told
      .map(({ announcement }) => announcement)
      .find((one) => one.kind === 'progress' && one.story.incident.status === 'resolved');
    expect(recovered).toMatchObject({
      story: { stage: 'final', incident: { target: { pullRequest: expect.any(Number) } } },
    });
    expect(notifier('pagerduty').wants(recovered as Announcement)).toBe(true);
    expect(notifier('slack').wants(recovered as Announcement)).toBe(false);
  });

  it('refuses what is no integration key, and does not repeat it', async () => {
    const poster: Poster = { secretOf: async () => ({ routingKey: 'short' }), send: async () => expect.unreachable() };
    const sending = notifier('pagerduty').notify(story as Announcement, { poster } as never);
    await expect(sending).rejects.toThrow(/32 letters and digits/);
    await expect(sending).rejects.not.toThrow('short');
  });
});

describe('what Selfheal changed in production', () => {
  const acted = (target: Incident['target']): Announcement => {
    const incident = anIncident({ target, status: 'open' });
    const action = anActionRecord({ incidentId: incident.id, state: 'done', verified: null });
    const given = (story as Announcement & { readonly story: IncidentStory }).story;
    return { kind: 'progress', story: { ...given, incident, stage: 'acting', actions: [action] } };
  };

  it('is a change event at PagerDuty where that is asked for, and pages nobody', async () => {
    const change = acted(anAlarmTarget());
    expect((await send(notifier('pagerduty'), change)).request).toBeNull();
    const { request } = await send(notifier('pagerduty', { changes: true }), change);
    expect(request?.url).toBe('https://events.pagerduty.com/v2/change/enqueue');
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      payload: { summary: expect.stringMatching(/^Selfheal: \S/), source: 'selfheal' },
    });
  });

  it('is no re-run of a pipeline', async () => {
    expect((await send(notifier('pagerduty', { changes: true }), acted(anIncident().target))).request).toBeNull();
  });
});

describe('whoever takes an incident on', () => {
  const announcement = (() => {
    const { story: known } = story as Extract<Announcement, { kind: 'escalation' }>;
    return {
      kind: 'progress',
      story: { ...known, stage: 'acting', acknowledgedBy: 'ada@example.com' },
    } as Announcement;
  })();
  const { id } = (announcement as Extract<Announcement, { kind: 'progress' }>).story.incident;

  it('is told to PagerDuty under the id of the incident', async () => {
    const { request } = await send(notifier('pagerduty'), announcement);
    expect(JSON.parse(request?.body ?? '')).toEqual({
      routing_key: expect.stringMatching(/^\w{32}$/),
      dedup_key: id,
      event_action: 'acknowledge',
    });
  });

  it('is told to Jira Service Management by name, as a note that mentions nobody', async () => {
    const { request } = await send(notifier('jsm'), announcement);
    expect(request?.url).toContain(`/${id}/acknowledge?identifierType=alias`);
    expect(JSON.parse(request?.body ?? '')).toEqual({ source: 'Selfheal', note: expect.stringContaining('ada@') });
    expect(request?.body).not.toMatch(/@(?=\w)/);
  });

  it.each(['slack', 'teams', 'webhook', 'github-issue', 'jira', 'sms'])('is no message for %s', (other) => {
    expect(NOTIFIERS.find((one) => one.id === other)?.acknowledges).toBeUndefined();
  });
});

describe('a webhook of one’s own', () => {
  it('is signed as Standard Webhooks says', async () => {
    const { request } = await send(notifier('webhook'), story as Announcement);
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request?.headers ?? {};
    const expected = createHmac('sha256', SIGNING_KEY).update(`${id}.${at}.${request?.body}`).digest('base64');
    expect(signature).toBe(`v1,${expected}`);
  });

  it('takes a body of one’s own template, which stays JSON whatever a log holds, and is signed, too', async () => {
    const template = {
      summary: '{title}',
      about: { why: 'because {cause}', see: '{link}' },
      key: ['{incident}'],
      n: 1,
    };
    const knowsCause = (one: Announcement) => 'story' in one && one.story.diagnosis !== null;
    const wanted = told.map(({ announcement }) => announcement).filter((one) => notifier('webhook').wants(one));
    const known = wanted.filter(knowsCause);
    expect(known.length).toBeGreaterThan(1);
    for (const announcement of [...known, ...hostileStories] as Announcement[]) {
      const { body, request } = await send(notifier('webhook', { template }), announcement);
      const message = channelMessageOf(announcement);
      const filledIn = JSON.parse(body ?? '');
      expect(filledIn).toEqual({
        summary: expect.stringMatching(/\S/),
        about: {
          why: expect.stringMatching(knowsCause(announcement) ? /^because \S/ : /^because $/),
          see: message?.links[0]?.url,
        },
        key: [message?.incidentId],
        n: 1,
      });
      expect(request?.headers?.['webhook-signature']).toMatch(/^v1,/);
    }
  });

  it('refuses a placeholder that there is not, and names those that there are', () => {
    const webhook = { tell: ['incidents'], template: { text: 'why: {reason}' } };
    expect(() => configurationWith(PLUGINS).parse({ version: 1, notifiers: { webhook } })).toThrow(
      /no placeholder \{reason\}\. There are: title, text, cause/,
    );
  });

  it('refuses a form that there is not', () => {
    expect(
      notifiersOf({ notifiers: { webhook: { tell: ['incidents'], form: 'fax' } } }).some(({ id }) => id === 'webhook'),
    ).toBe(false);
  });
});

describe('a channel that somebody adds', () => {
  it('[E49] is an id, the fields of its secret and a request; settings, secret and record come with it', async () => {
    const own = defineChatNotifier({
      id: 'own',
      title: 'Own chat',
      fields: WebhookFields,
      sample: { secret: { url: 'https://chat.example.com/hook' } },
      request: (message, { url }) => ({ url, body: JSON.stringify({ said: message.title }) }),
    });
    const [used] = notifiersOf({ notifiers: { own: { tell: ['incidents'] } } }, [own]);
    const sent: ChannelRequest[] = [];
    const poster: Poster = {
      secretOf: async () => ({ url: 'https://example.com/own' }),
      send: async (request) => {
        sent.push(request);
        return { status: 200, headers: {}, text: '' };
      },
    };
    expect(used?.wants(story as Announcement)).toBe(true);
    await used?.notify(story as Announcement, { poster } as never);
    expect(sent).toMatchObject([{ url: 'https://example.com/own', body: expect.stringContaining('ledger-latency') }]);
    expect(notifiersOf({ notifiers: {} }, [own])).toEqual([]);
    const configuration = Configuration.parse({ version: 1, notifiers: { own: { tell: ['incidents'] } } });
    // Previews and `notify test` know it by its sample.
    expect(
      await dryRun(story as Announcement, used === undefined ? [] : [used], configuration, new Date(), (body) => body),
    ).toMatchObject([
      { id: 'own', outcome: 'told', message: { text: expect.stringContaining('{"said":"Alarm ledger-latency') } },
    ]);
    // Told of what its section names alone, once, by a secret that it may read and that has its fields.
    const [other] = notifiersOf({ notifiers: { own: { tell: ['upkeep'] } } }, [own]);
    expect(other?.wants(story as Announcement)).toBe(false);
    expect(own).toMatchObject({ repeatable: false, uses: { channelSecret: ['secretsmanager:GetSecretValue'] } });
    const unset = { ...poster, secretOf: async () => ({}) };
    await expect(used?.notify(story as Announcement, { poster: unset } as never)).rejects.toThrow(/own.*url/s);
    expect(sent).toHaveLength(1);
  });
});
