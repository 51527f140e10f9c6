import type { AwsEvent } from '@selfheal/fake-aws/alarm-events.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneOf } from '#lab/drills/moments.ts';
import { expectClean, type Healer } from '#test/e2e/support/healer.ts';
import { until } from '#test/e2e/support/until.ts';
import { announceSeed, ROUNDS, timeFor } from './support/rounds.ts';
import { openForWaves } from './support/waves.ts';

let healer: Healer;
const seed = announceSeed('reordering');
const next = numbersFrom(seed);
beforeAll(async () => {
  healer = await openForWaves();
});
afterAll(() => healer?.stop());

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** The deliveries that GitHub made of a run so far, some of them again and again, in any order and several at a time. */
async function resendShuffled(runId: number): Promise<void> {
  const own = healer.world.github.deliveries('acme/shop').filter(({ payload }) => payload.includes(String(runId)));
  const many = shuffled(own.flatMap((delivery) => Array.from({ length: 1 + Math.floor(next() * 3) }, () => delivery)));
  while (many.length > 0) {
    const some = many.splice(0, 1 + Math.floor(next() * 4));
    const answers = await Promise.all(
      some.map(({ requestHeaders, payload }) =>
        fetch(healer.webhookUrl, { method: 'POST', headers: requestHeaders, body: payload }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(some.map(() => 202));
  }
}

/** A failed run whose reports come in any order; some runs fail again by a person's hand before anybody was told of the first failure. */
async function reorderedRun(): Promise<void> {
  const { github, samples, journal } = healer.world;
  const kind = oneOf(['regression', 'transient'] as const, next);
  const again = kind === 'regression' && next() < 0.5;
  const { runId, pullRequest, repository, run } = samples.failRun(kind, { deliver: 'none', rerunMs: 20 });
  const steps = shuffled([
    'requested',
    'in_progress',
    'completed',
    'jobs',
    ...(again ? (['by hand'] as const) : []),
  ] as const);
  for (const step of steps) {
    if (step === 'by hand') {
      github.rerunByHand(runId);
      await until('the second attempt', () => run.attempts.at(-1)?.status === 'completed');
    } else if (step === 'jobs') await github.announceJobs(runId);
    else await github.announceRun(runId, step, 1);
  }
  await github.delivered();
  await resendShuffled(runId);
  await healer.quiet();
  const incident = await healer.ended(runId);
  expect(incident, steps.join(', ')).toMatchObject({
    status: kind === 'regression' ? 'suggested' : 'resolved',
    runAttempt: again || kind === 'transient' ? 2 : 1,
  });
  expect(journal.count('github.comment.created', `${repository}/issues/${pullRequest}`)).toBe(1);
  expect(journal.count('github.run.rerun', `${repository}/runs/${runId}`)).toBe(kind === 'transient' ? 1 : 0);
}

/** The events of an alarm that rang and is OK again, `OK` before `ALARM`, each more than once. */
async function reorderedAlarm(): Promise<void> {
  const { aws, journal } = healer.world;
  const rang = aws.fireAlarm('checkout', { okAfterMs: 40 });
  await healer.ended(rang);
  const before = journal.entries().length;
  const cleared = aws.clearAlarm('checkout-errors');
  await healer.quiet();
  const late = lateReport(rang, cleared);
  for (const event of [cleared, ...shuffled([late, late, cleared, late, cleared])])
    await healer.runtime.putEvent({ ...event });
  await healer.quiet();
  expect(await healer.ended(late)).toMatchObject({ status: 'resolved', attempt: 1 });
  expect(healer.mailsAbout(late)).toHaveLength(1);
  expect(journal.entries()).toHaveLength(before);
}

/** Of a state change between the two, whose report was on its way for long. */
function lateReport(rang: AwsEvent, cleared: AwsEvent): AwsEvent {
  const { state } = cleared.detail as { state: { timestamp: string } };
  const at = new Date(Date.parse(state.timestamp) - 10).toISOString().replace('Z', '+0000');
  const alarm = rang.detail.state as object;
  return { ...rang, id: crypto.randomUUID(), detail: { ...rang.detail, state: { ...alarm, timestamp: at } } };
}

describe('reports that come out of order and more than once', () => {
  it(
    `of a run and its attempts make one incident, one comment and no second re-run, over ${2 * ROUNDS} runs`,
    async () => {
      for (let round = 0; round < 2 * ROUNDS; round += 1) await reorderedRun();
      expectClean(healer);
    },
    timeFor(ROUNDS),
  );

  it(
    `of an alarm that was OK before its ringing was reported change nothing, over ${ROUNDS} alarms`,
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) await reorderedAlarm();
      expectClean(healer);
    },
    timeFor(ROUNDS),
  );
});
