import { describe, expect, it } from 'vitest';
import { reviewLearning } from '#shared/app/learning/review-learning.ts';
import { isReviewDue } from '#shared/domain/learning/learning-review.ts';
import { aPattern, aPatternOutcome, aPrediction } from '#test/builders/index.ts';
import { aServedApi } from './served-api.ts';

const SCOPE = 'repository#501:acme/shop';
const DAY = 86_400_000;
const failing = Array.from({ length: 6 }, (_, at) =>
  aPatternOutcome({ incident: `gh-${at}`, at: new Date(Date.UTC(2026, 10, 2 + at)).toISOString(), helped: false }),
);

/** A deployment with a pattern that fails, the command of an administrator, and the scheduled function. */
async function aSchool() {
  const api = await aServedApi({ predictions: [aPrediction({ scope: SCOPE })] });
  await api.patterns.write(
    aPattern({ scope: SCOPE, stage: 'suggest', confidence: 0.1, prior: 0.1, outcomes: failing }),
  );
  const { deps, clock, patterns, predictions } = api;
  await predictions.setWatch({ version: 1, model: 'm', degradedSince: null, lookedAt: clock.now().toISOString() });
  const run = () => reviewLearning({ ...deps, patterns, predictions });
  const schedule = (...args: string[]) => api.runAs('admin', ['schedule-learning-review', ...args]);
  const left = async () => (await patterns.list(SCOPE)).filter(({ retired }) => retired === null).length;
  return { ...api, run, schedule, left, mails: () => deps.mailer.mails };
}

describe('the scheduled review of learning', () => {
  it('[D170] is stored, runs when it is due, does what was chosen and mails the figures', async () => {
    const { run, schedule, left, mails, clock } = await aSchool();
    expect(await run()).toBe('not-scheduled');
    const { code, text, stderr } = await schedule(
      ...['--frequency', 'weekly', '--actions', 'update_confidence,prune_ineffective_patterns'],
      ...['--notification-email', 'ada@example.com'],
    );
    expect([code, text]).toEqual([0, expect.stringContaining('learningReview.everyDays: as deployed -> 7')]);
    expect(stderr).toContain('The mail names ada@example.com and goes to all subscribers of the deployment.');
    expect(await run()).toBe('reviewed');
    expect(await left()).toBe(0);
    expect(mails()).toHaveLength(1);
    expect(mails()[0]?.subject).toBe('[Selfheal] Review of learning');
    expect(mails()[0]?.message).toContain('For ada@example.com');
    expect(mails()[0]?.message).toContain('- 1 pattern was retired or merged.');
    expect(await run()).toBe('not-due');
    clock.advance(7 * DAY);
    expect(await run()).toBe('reviewed');
    expect(mails()).toHaveLength(2);
  });

  it('[D170] changes nothing that was not chosen, and ends with --off', async () => {
    const { run, schedule, left, mails } = await aSchool();
    const { stderr } = await schedule('--frequency', '3', '--actions', 'suggest_new_patterns');
    expect(stderr).not.toContain('The mail names');
    expect([await run(), await left()]).toEqual(['reviewed', 1]);
    expect(mails()[0]?.message).not.toContain('retired or merged');
    expect((await schedule('--off')).text).toContain('learningReview');
    expect(await run()).toBe('not-scheduled');
  });

  it('[D170] is a revision of the policy, with who and why', async () => {
    const { schedule, runAs } = await aSchool();
    await schedule('--frequency', 'monthly', '--reason', 'as agreed');
    expect((await runAs('viewer', ['config', 'history'])).text).toContain('as agreed');
    expect((await runAs('viewer', ['config', 'show'])).text).toContain('learningReview.everyDays');
    await runAs('admin', ['config', 'reset', '--yes', '--reason', 'over']);
    expect((await runAs('admin', ['config', 'restore', '1', '--yes', '--reason', 'again'])).text).toContain('30');
  });

  it.each([
    ['daily, a little early', 1, '2026-11-20T12:10:00.000Z', true],
    ['daily, an hour early', 1, '2026-11-20T13:00:00.000Z', false],
    ['the first time', 90, null, true],
  ])('[D170] is due: %s', (_what, everyDays, last, due) => {
    expect(isReviewDue({ everyDays }, last, new Date('2026-11-21T12:00:00.000Z'))).toBe(due);
  });

  it.each([
    [
      ['--frequency', 'sometimes'],
      '--frequency sometimes: expected daily, weekly, monthly, or a number of days from 1 to 90.',
    ],
    [['--frequency', 'constructor'], '--frequency constructor: expected daily, weekly'],
    [['--frequency', '91d'], '--frequency 91d: expected daily, weekly'],
    [['--actions', 'retrain_everything'], '--actions retrain_everything: use some of update_confidence'],
    [['--notification-email', 'ada'], 'recipient'],
  ])('[D170] refuses %j', async (args, reason) => {
    const { schedule } = await aSchool();
    const { code, stderr } = await schedule(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});
