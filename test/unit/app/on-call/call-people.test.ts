import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { acknowledgeIncident } from '#shared/app/incidents/annotate-incident.ts';
import { escalate } from '#shared/app/notify/escalate.ts';
import { callPeople } from '#shared/app/on-call/call-people.ts';
import type { OnCall } from '#shared/domain/on-call/on-call-settings.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import type { Poster } from '#shared/ports/poster.ts';
import type { OutgoingMail } from '#shared/ports/smtp-sender.ts';
import { aConfiguration, aDiagnosis, anAlarmTarget, anEvidence, anIncident, aService } from '#test/builders/index.ts';
import {
  dyingAt,
  fakeClock,
  makeMemoryControlStore,
  makeMemoryEscalationChains,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeMemoryMailer,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

const MINUTE = 60_000;
const NIGHT = '2026-11-23T23:00:00.000Z';
const SMTP = { host: 'smtp.example.com', from: 'selfheal@example.com', to: ['team@example.com'] };
const PEOPLE = ['ada', 'ben', 'cem', 'dee'].map((name, at) => ({
  name,
  phone: `+4917000000${at}0`,
  email: `${name}@example.com`,
}));
const LEVELS = [
  { minutes: 5, people: ['ada', 'ben'] },
  { minutes: 10, people: ['cem'] },
  { minutes: 5, people: ['dee'] },
];
type Settings = z.input<typeof OnCall>;

async function setUp(onCall: Settings = {}, criticality: 'medium' | 'critical' = 'critical') {
  const clock = fakeClock(NIGHT);
  const told: { who: string; minute: number; id: string; text: string }[] = [];
  const note = (who: string, id: string, text: string) =>
    told.push({ who, id, text, minute: Math.round((clock.now().getTime() - Date.parse(NIGHT)) / MINUTE) });
  const refusing = new Set<string>();
  const texter = {
    send: async (phone: string, text: string) => {
      if (refusing.has(phone)) throw new Error('the carrier refuses it');
      note(phone, `${phone} ${text}`, text);
    },
  };
  const smtp = {
    send: async ({ to: [address = ''], subject, text }: OutgoingMail) => {
      if (refusing.has(address)) throw new Error('no such mailbox');
      note(address, `${address} ${subject} ${text}`, text);
      return [];
    },
  };
  const configuration = aConfiguration({
    services: [aService({ criticality })],
    notifiers: { smtp: SMTP },
    onCall: { people: PEOPLE, levels: LEVELS, ...onCall },
  });
  const incident = anIncident({ target: anAlarmTarget({ alarmName: 'checkout-errors' }) });
  const deps = {
    incidents: makeMemoryIncidentStore(clock),
    evidence: makeMemoryEvidenceStore(),
    chains: makeMemoryEscalationChains(),
    control: makeMemoryControlStore(clock),
    notifiers: NOTIFIERS,
    mailer: makeMemoryMailer(),
    actions: ACTIONS,
    configuration,
    dashboardUrl: 'https://selfheal.example.com',
    texter,
    smtp,
    clock,
    meter: makeRecordingMeter(),
    log: makeRecordingLog(),
  };
  await deps.incidents.create(incident);
  await deps.evidence.putEvidence(anEvidence({ incidentId: incident.id }));
  await deps.evidence.putDiagnosis(incident.id, aDiagnosis({}));
  const handOver = () => escalate({ incidentId: incident.id, reason: 'No safe action fits.', error: null }, deps);
  /** One round a minute. */
  const pass = async (minutes: number) => {
    for (let at = 0; at < minutes; at += 1) {
      await callPeople(deps);
      clock.advance(MINUTE);
    }
  };
  const who = () => told.map((one) => `${one.minute}: ${one.who}`);
  const audit = async () =>
    (await deps.incidents.auditTrail(incident.id)).map(({ event, facts }) => ({ event, facts }));
  return { deps, clock, told, who, incident, handOver, pass, refusing, audit };
}

const inOrder = (...times: number[]) =>
  [['ada', 'ben'], ['cem'], ['dee']].flatMap((names, at) =>
    names.flatMap((name) => {
      const { phone, email } = PEOPLE.find((one) => one.name === name) ?? { phone: '', email: '' };
      return [`${times[at]}: ${phone}`, `${times[at]}: ${email}`];
    }),
  );

describe('calling who is on call', () => {
  it('goes from level to level when nobody acknowledges, tells each person once and ends', async () => {
    const { deps, who, handOver, pass, audit } = await setUp();
    await handOver();
    await pass(60);
    expect(who()).toEqual(inOrder(0, 5, 15));
    expect(deps.chains.all()).toMatchObject([{ state: 'unanswered', level: 3 }]);
    expect((await audit()).filter(({ event }) => event.startsWith('on-call'))).toMatchObject([
      { facts: { level: 1, people: 'ada, ben', reached: 4, gap: null } },
      { facts: { level: 2, people: 'cem' } },
      { facts: { level: 3, people: 'dee' } },
      { event: 'on-call.unanswered', facts: { levels: 3 } },
    ]);
  });

  it('says what happened, who is next and how to acknowledge, and nothing that acknowledges by being opened', async () => {
    const { told, handOver, pass, incident } = await setUp();
    await handOver();
    await pass(6);
    const [text, mail] = told;
    expect(text?.text.length).toBeLessThanOrEqual(160);
    expect(text?.text).toMatch(/^Selfheal calls you \(level 1\): /);
    expect(mail?.text).toContain('You are on call (level 1 of 3).');
    expect(mail?.text).toContain(`https://selfheal.example.com/incidents/${incident.id}`);
    expect(mail?.text).toContain(`selfheal incident acknowledge ${incident.id}`);
    expect(mail?.text).toMatch(/Otherwise level 2 is called at .*23:05/);
    expect(told.at(-1)?.text).toContain('Nobody of level 1 acknowledged it within 5 minutes.');
  });

  it.each([1, 4, 7, 14])('stops when somebody acknowledges in minute %i', async (minutes) => {
    const { deps, told, handOver, pass, incident } = await setUp();
    await handOver();
    await pass(minutes);
    await acknowledgeIncident(incident.id, 'ada@example.com', deps);
    const before = told.length;
    await pass(30);
    expect(told).toHaveLength(before);
    expect(deps.chains.all()).toMatchObject([{ state: 'acknowledged' }]);
  });

  it('calls nobody for what is not severe, twice, or without levels', async () => {
    for (const [onCall, criticality] of [
      [{}, 'medium'],
      [{ levels: [] }, 'critical'],
    ] as const) {
      const { deps, told, handOver, pass } = await setUp(onCall as Settings, criticality);
      await handOver();
      await pass(20);
      expect(told).toEqual([]);
      expect(deps.chains.all()).toEqual([]);
    }
    const { who, handOver, pass } = await setUp();
    await handOver();
    await pass(3);
    await handOver();
    await pass(60);
    expect(who()).toEqual(inOrder(0, 5, 15));
  });

  it('goes on at once where nobody of a level was reached, and tries the last level again', async () => {
    const { deps, who, handOver, pass, refusing } = await setUp();
    for (const { phone, email } of PEOPLE.slice(0, 2)) for (const way of [phone, email]) refusing.add(way);
    refusing.add('+491700000030').add('dee@example.com');
    await handOver();
    await pass(12);
    expect(who()).toEqual(['0: +491700000020', '0: cem@example.com']);
    refusing.clear();
    await pass(10);
    expect(who().slice(2)).toEqual(['12: +491700000030', '12: dee@example.com']);
    const problems = deps.chains.all()[0]?.calls.filter(({ problem }) => problem !== null) ?? [];
    expect(problems[0]).toMatchObject({ person: 'ada', way: 'phone', problem: 'the carrier refuses it' });
  });

  it('gives a gap to the last level, says so, and tells nobody of it again', async () => {
    const day = [{ from: '08:00', to: '18:00' }];
    const levels = [
      { minutes: 5, people: [{ name: 'ada', hours: day }] },
      { minutes: 5, people: ['cem'] },
      LEVELS[2] ?? { minutes: 1 },
    ];
    const { who, told, handOver, pass, audit } = await setUp({ levels });
    await handOver();
    await pass(30);
    expect(who()).toEqual(['0: +491700000030', '0: dee@example.com', '5: +491700000020', '5: cem@example.com']);
    expect(told[1]?.text).toContain('Nobody is on call on level 1 now, so the last level is called.');
    expect((await audit()).find(({ event }) => event === 'on-call.called')?.facts).toMatchObject({
      gap: 'nobody is on call on level 1 now, so the last level is called',
    });
  });

  it('gives people their whole time after an outage', async () => {
    const { clock, who, handOver, pass } = await setUp();
    await handOver();
    await pass(1);
    clock.advance(59 * MINUTE);
    await pass(30);
    expect(who()).toEqual(inOrder(0, 60, 70));
  });
});

describe('schedules', () => {
  const pagerduty = [
    { minutes: 5, schedule: { pagerduty: 'PI7DH85' } },
    { minutes: 5, people: ['dee'] },
  ];
  const jira = [
    { minutes: 5, schedule: { jiraServiceManagement: 's-1', cloudId: 'c-1' } },
    { minutes: 5, people: ['dee'] },
  ];
  const people = PEOPLE.map((one) => (one.name === 'ben' ? { ...one, pagerduty: 'PBEN', atlassian: 'a-ben' } : one));
  const answering = (body: unknown): Poster & { urls: string[] } => {
    const urls: string[] = [];
    return {
      urls,
      secretOf: async (channel) =>
        channel === 'pagerduty' ? { apiToken: 'not-a-token' } : { user: 'bot@example.com', token: 'not-a-token' },
      send: async ({ url }) => {
        urls.push(url);
        if (body instanceof Error) throw body;
        return { status: 200, headers: {}, text: JSON.stringify(body) };
      },
    };
  };
  const user = (id: string, email?: string) => ({ user: { id, type: 'user', summary: 'Somebody', email } });

  it.each([
    ['a person of the list, by id', pagerduty, { oncalls: [user('PBEN')] }, ['+491700000010', 'ben@example.com']],
    [
      'a person of the list, by address',
      pagerduty,
      { oncalls: [user('PX', 'Ben@example.com')] },
      ['+491700000010', 'ben@example.com'],
    ],
    ['somebody else, by their address', pagerduty, { oncalls: [user('PX', 'eve@example.com')] }, ['eve@example.com']],
    ['the last level in a gap', pagerduty, { oncalls: [] }, ['+491700000030', 'dee@example.com']],
    ['the last level when it is down', pagerduty, new Error('no answer'), ['+491700000030', 'dee@example.com']],
    ['the last level for an answer of another form', pagerduty, { users: [] }, ['+491700000030', 'dee@example.com']],
    [
      'a participant of Jira',
      jira,
      { onCallParticipants: [{ id: 'a-ben', type: 'user' }] },
      ['+491700000010', 'ben@example.com'],
    ],
    ['a bare account id of Jira', jira, { onCallUsers: ['a-ben'] }, ['+491700000010', 'ben@example.com']],
    [
      'the last level when nobody has the account',
      jira,
      { onCallUsers: ['a-eve'] },
      ['+491700000030', 'dee@example.com'],
    ],
  ])('call %s', async (_who, levels, body, expected) => {
    const { deps, told, handOver } = await setUp({ people, levels });
    const poster = answering(body);
    await handOver();
    await callPeople({ ...deps, poster });
    expect(told.map((one) => one.who)).toEqual(expected);
    expect(poster.urls).toHaveLength(1);
  });
});

describe('a crash at any step of a chain that nobody answers', () => {
  it('tells each person once, in order and at most a round late; again only the message after which it died', async () => {
    let steps = 0;
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; ; n += 1) {
        const { deps, told, clock, handOver } = await setUp();
        await handOver();
        const { wrap, died, count } = dyingAt(n, when);
        const { chains, incidents, evidence, texter, smtp } = deps;
        const dying = {
          ...deps,
          chains: wrap(chains),
          incidents: wrap(incidents),
          evidence: wrap(evidence),
          texter: wrap(texter),
          smtp: wrap(smtp),
        };
        let hasDied = false;
        for (let minute = 0; minute < 45; minute += 1) {
          if (hasDied) await callPeople(deps);
          else hasDied = (await Promise.race([callPeople(dying), died])) === 'died';
          clock.advance(MINUTE);
        }
        expect(chains.all()).toMatchObject([{ state: 'unanswered', level: 3 }]);
        const first = told.filter(({ who }, at) => told.findIndex((one) => one.who === who) === at);
        expect(first.map(({ who }) => who)).toEqual(inOrder(0, 0, 0).map((line) => line.slice(3)));
        const again = told.filter((one) => !first.includes(one));
        expect(again.length).toBeLessThanOrEqual(1);
        // The same message: a mail has the same id then, and is shown once.
        for (const one of again) expect(first.map(({ id }) => id)).toContain(one.id);
        const [one, , , , two, , three] = first;
        expect(one?.minute).toBeLessThanOrEqual(1);
        for (const [late, due] of [
          [two, 5],
          [three, 15],
        ] as const)
          expect((late?.minute ?? 99) - due).toBeLessThanOrEqual(1);
        if (!hasDied) break;
        steps = Math.max(steps, count());
      }
    }
    expect(steps).toBeGreaterThan(40);
  });

  it('begins the calls once, whatever step of handing over it dies at', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; ; n += 1) {
        const { deps, incident, pass, who } = await setUp();
        const input = { incidentId: incident.id, reason: 'No safe action fits.', error: null };
        const { wrap, died } = dyingAt(n, when);
        const { chains, incidents, mailer } = deps;
        const dying = { ...deps, chains: wrap(chains), incidents: wrap(incidents), mailer: wrap(mailer) };
        const outcome = await Promise.race([escalate(input, dying), died]);
        if (outcome === 'died') await escalate(input, deps);
        await pass(20);
        expect(who()).toEqual(inOrder(0, 5, 15));
        if (outcome !== 'died') break;
      }
    }
  });
});
