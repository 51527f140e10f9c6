import { Refused } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { announce } from '#shared/app/notify/announce.ts';
import { escalate } from '#shared/app/notify/escalate.ts';
import { sendDigests } from '#shared/app/notify/send-digests.ts';
import type { Severity } from '#shared/domain/incident/target-context.ts';
import type { Routing } from '#shared/domain/policy/routing-settings.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import type { NotifierPlugin } from '#shared/plugins/notifiers/contract.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { aConfiguration, aDiagnosis, anAlarmTarget, anEvidence, anIncident, aService } from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryControlStore,
  makeMemoryEscalationChains,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeMemoryMailer,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

const HOUR = 60 * 60_000;
const NIGHT = '2026-11-23T23:00:00.000Z';

/** A deployment with mail through the topic and two channels outside, `chat` and `pager`. */
function setUp(routing: z.input<typeof Routing>, failing: readonly string[] = []) {
  const clock = fakeClock(NIGHT);
  const told: string[] = [];
  const channel = (id: string): NotifierPlugin => ({
    id,
    title: id,
    needs: ['poster'],
    takes: ['escalation', 'still-stopped', 'reports-gathered'],
    wants: ({ kind }) => id === 'chat' || kind !== 'still-stopped',
    repeatable: false,
    notify: async (announcement) => {
      if (failing.includes(id)) throw new Refused(`${id} is archived`);
      told.push(`${id}: ${announcement.kind}`);
      return { where: id };
    },
  });
  const mailer = makeMemoryMailer();
  const services = (['low', 'medium', 'high', 'critical'] as const).map((criticality) =>
    aService({ id: criticality, criticality, alarms: [criticality] }),
  );
  const deps = {
    incidents: makeMemoryIncidentStore(clock),
    evidence: makeMemoryEvidenceStore(),
    notifiers: [...NOTIFIERS.filter(({ id }) => id === 'email'), channel('chat'), channel('pager')],
    mailer,
    poster: {} as never,
    configuration: aConfiguration({ services, routing, policy: { flapWindowMinutes: 0 } }),
    clock,
    meter: makeRecordingMeter(),
    log: makeRecordingLog(),
    actions: ACTIONS,
    control: makeMemoryControlStore(clock),
    chains: makeMemoryEscalationChains(),
  };
  let count = 0;
  const handOver = async (severity: Severity) => {
    count += 1;
    const id = `cw-${String(count).padStart(24, '0')}`;
    await deps.incidents.create(anIncident({ id, target: anAlarmTarget({ alarmName: severity }) }));
    await deps.evidence.putEvidence(anEvidence({ incidentId: id }));
    await deps.evidence.putDiagnosis(id, aDiagnosis({}));
    await escalate({ incidentId: id, reason: 'No safe action fits.', error: null }, deps);
  };
  return { deps, told, mailer, clock, handOver };
}

const SEVERE = { name: 'severe', when: { severities: ['critical' as const] }, tell: ['pager'] };

describe('an announcement', () => {
  it('goes only to the channels of the first rule that fits, and to all without one', async () => {
    const { told, mailer, handOver } = setUp({ rules: [SEVERE] });
    await handOver('critical');
    expect(told).toEqual(['pager: escalation']);
    expect(mailer.mails).toEqual([]);
    await handOver('low');
    expect(told.slice(1).sort()).toEqual(['chat: escalation', 'pager: escalation']);
    expect(mailer.mails).toHaveLength(1);
  });

  it('reaches the mail topic when the channel of its rule refuses it', async () => {
    const { told, mailer, handOver } = setUp({ rules: [SEVERE] }, ['pager']);
    await handOver('critical');
    expect(told).toEqual([]);
    expect(mailer.mails).toHaveLength(1);
    expect(mailer.mails[0]?.message).toContain('pager could not be told: pager is archived');
  });

  it('reaches everybody when no channel of its rule tells this', async () => {
    const { deps, told, mailer } = setUp({ rules: [{ name: 'upkeep', tell: ['pager'] }] });
    const stopped = { reason: 'A migration', by: 'octocat', since: NIGHT };
    await announce({ kind: 'still-stopped', stopped, days: 1, timeZone: 'UTC' }, deps);
    expect(told).toEqual(['chat: still-stopped']);
    expect(mailer.mails).toHaveLength(1);
  });
});

describe('quiet hours', () => {
  const quietHours = [{ hours: [{ from: '22:00', to: '07:00' }], channels: ['chat', 'email'] }];

  it('gather what is not severe, and tell it in one digest for each channel when they are over', async () => {
    const { deps, told, mailer, clock, handOver } = setUp({ quietHours });
    await handOver('low');
    await handOver('medium');
    expect(told).toEqual(['pager: escalation', 'pager: escalation']);
    await handOver('high');
    expect(told.slice(2).sort()).toEqual(['chat: escalation', 'pager: escalation']);
    expect(mailer.mails).toHaveLength(1);
    clock.advance(2 * HOUR);
    expect(await sendDigests(deps)).toBe(0);
    clock.advance(7 * HOUR);
    expect(await sendDigests(deps)).toBe(4);
    expect(told.slice(4)).toEqual(['chat: reports-gathered', 'chat: reports-gathered']);
    expect(await sendDigests(deps)).toBe(0);
  });
});

describe('a flood', () => {
  it('is told as a digest beyond the limit of an hour, except for what is severe', async () => {
    const { deps, told, clock, handOver } = setUp({ maxPerHour: 2 });
    for (let at = 0; at < 5; at += 1) await handOver('medium');
    await handOver('critical');
    const chat = () => told.filter((one) => one.startsWith('chat'));
    expect(chat()).toEqual(Array(3).fill('chat: escalation'));
    expect(await sendDigests(deps)).toBe(3);
    expect(chat().slice(3)).toEqual(['chat: reports-gathered']);
    clock.advance(HOUR);
    await handOver('medium');
    expect(chat()).toHaveLength(5);
  });
});
