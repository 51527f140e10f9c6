import type { Fault } from '@selfheal/fake-server/faults.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Healer } from '#test/e2e/support/healer.ts';
import { announceSeed, ROUNDS, timeFor } from './support/rounds.ts';
import { begin, type FailureName, openForWaves, problemsAfter, settle } from './support/waves.ts';

/** A lost answer is looked for at least so long. */
const MAX_LAG_MS = 4_000;
/** Well within the time an alarm is watched, which is little more than a second at the time scale of the waves. */
const MAX_ALARM_LAG_MS = 600;
const LOST: Fault = { kind: 'reset', when: 'after' };

let healer: Healer;
const seed = announceSeed('delayed visibility');
beforeAll(async () => {
  healer = await openForWaves();
});
afterEach(() => {
  healer.world.github.setReadLag(0);
  healer.world.aws.setAlarmLag(0);
});
afterAll(() => healer?.stop());

async function afterWave(names: readonly FailureName[]): Promise<string[]> {
  const before = healer.world.journal.entries().length;
  const begun = names.map((name) => begin(healer, name));
  await settle(healer, begun);
  return problemsAfter(healer, begun, healer.world.journal.entries().slice(before), true);
}

describe('what was done and shows only later', () => {
  const lags = numbersFrom(seed);
  const aLag = (most: number) => Math.round(200 + lags() * (most - 200));

  it(
    `a re-run and a comment on GitHub are made once, also when their answers were lost, over ${ROUNDS} lags`,
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const lag = aLag(MAX_LAG_MS);
        healer.world.github.setReadLag(lag);
        healer.world.faults.inject('actions/re-run-workflow-failed-jobs', LOST);
        healer.world.faults.inject('issues/create-comment', LOST, { times: 2 });
        expect(await afterWave(['transient', 'regression']), `a lag of ${lag} ms`).toEqual([]);
      }
    },
    timeFor(ROUNDS),
  );

  it(
    `an alarm whose state lags behind its event is no recovery, over ${ROUNDS} lags`,
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const lag = aLag(MAX_ALARM_LAG_MS);
        // The state before must be older than the difference between two clocks.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        healer.world.aws.setAlarmLag(lag);
        expect(await afterWave(['checkout', 'orders', 'ledger']), `a lag of ${lag} ms`).toEqual([]);
      }
    },
    timeFor(ROUNDS),
  );
});
