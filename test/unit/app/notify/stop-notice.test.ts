import { describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { remindOfStop } from '#shared/app/notify/stop-notice.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import { aConfiguration } from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryControlStore,
  makeMemoryMailer,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

const HOUR = 60 * 60_000;
const STOPPED = { reason: 'a migration runs', by: 'ada@example.com', since: '2026-11-20T09:00:00.000Z' };

function setUp() {
  const clock = fakeClock();
  const control = makeMemoryControlStore(clock);
  const mailer = makeMemoryMailer();
  const deps = {
    clock,
    control,
    mailer,
    notifiers: NOTIFIERS,
    configuration: aConfiguration(),
    meter: makeRecordingMeter(),
    log: makeRecordingLog(),
  };
  const stop = (change: object = { since: clock.now().toISOString() }) =>
    control.setControls({ killSwitch: true, reason: 'a migration runs', by: 'ada@example.com', ...change });
  return { deps, clock, mailer, control, stop };
}

describe('the reminder of the kill switch', () => {
  it('is mailed after 24 hours and once for each further day, however often the round runs', async () => {
    const { deps, clock, mailer, stop } = setUp();
    await remindOfStop(deps);
    await stop();
    for (let hour = 1; hour <= 24 * 5 + 1; hour += 1) {
      clock.advance(HOUR);
      for (const _repeat of [1, 2]) await remindOfStop(deps);
      expect(mailer.mails, `after ${hour} hours`).toHaveLength(Math.floor(hour / 24));
    }
    expect(mailer.mails[0]?.subject).toBe('[Selfheal] The kill switch has been on for 1 day: nothing is changed');
    expect(mailer.mails[4]?.subject).toContain('for 5 days');
    for (const words of ['by ada@example.com: a migration runs', 'selfheal policy resume'])
      expect(mailer.mails[0]?.message).toContain(words);
  });

  it('ends when somebody resumes, and begins anew with the next stop', async () => {
    const { deps, clock, mailer, stop, control } = setUp();
    await stop();
    clock.advance(25 * HOUR);
    expect(await remindOfStop(deps)).toBe(true);
    await control.setControls({ killSwitch: false, reason: null });
    clock.advance(48 * HOUR);
    expect(await remindOfStop(deps)).toBe(false);
    await stop();
    clock.advance(23 * HOUR);
    expect(await remindOfStop(deps)).toBe(false);
    clock.advance(HOUR);
    expect(await remindOfStop(deps)).toBe(true);
    expect(mailer.mails).toHaveLength(2);
  });

  it('is not lost when a mail fails', async () => {
    const { deps, clock, mailer, stop } = setUp();
    await stop();
    clock.advance(25 * HOUR);
    const failing = { publish: async () => Promise.reject(new Error('SNS answered 500')) };
    await expect(remindOfStop({ ...deps, mailer: failing })).rejects.toThrow('SNS answered 500');
    expect(await remindOfStop(deps)).toBe(true);
    expect(mailer.mails).toHaveLength(1);
  });

  it('reads a record of an earlier release, which does not say since when', async () => {
    const { deps, clock, mailer, stop } = setUp();
    await stop({ by: undefined });
    for (let hour = 0; hour < 48; hour += 1) {
      await remindOfStop(deps);
      clock.advance(HOUR);
    }
    expect(mailer.mails.length).toBeGreaterThanOrEqual(2);
    expect(mailer.mails.length).toBeLessThanOrEqual(3);
    expect(mailer.mails[0]?.subject).toBe('[Selfheal] The kill switch has been on: nothing is changed');
  });
});

describe('mails while the kill switch is on', () => {
  const withStop = (announcement: Announcement): Announcement =>
    'story' in announcement
      ? { ...announcement, story: { ...announcement.story, stopped: STOPPED } }
      : ({ ...announcement, stopped: STOPPED } as Announcement);
  const email = NOTIFIERS.find(({ id }) => id === 'email');
  // A decision that came too late is about the past.
  const mailed = SAMPLE_ANNOUNCEMENTS.filter(
    ({ announcement }) => announcement.kind !== 'approval-too-late' && email?.takes.includes(announcement.kind),
  );

  it.each(mailed)('say so: $title', async ({ announcement }) => {
    const mailer = makeMemoryMailer();
    const codeHost = {} as never;
    await email?.notify(withStop(announcement), {
      mailer,
      codeHost,
      poster: codeHost,
      smtp: {} as never,
      texter: {} as never,
    });
    expect(mailer.mails[0]?.message.replace(/\s+/g, ' ')).toContain(
      'The kill switch is on since 20 Nov 2026, 09:00 UTC by ada@example.com: a migration runs.',
    );
  });
});
