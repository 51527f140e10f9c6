import type { Fault } from '@selfheal/fake-server/faults.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { throttlingOf } from '@selfheal/local-cloud/wire/faults.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneOf } from '#lab/drills/moments.ts';
import type { Healer } from '#test/e2e/support/healer.ts';
import { announceSeed, LONG_ROUNDS, ROUNDS, timeFor } from './support/rounds.ts';
import { begin, endsOf, FAILURES, openForWaves, problemsAfter, settle } from './support/waves.ts';

const SHARE = 0.2;
const GITHUB = ['actions/*', 'issues/*', 'repos/*', 'users/*', 'logs/*'];
const EFFECTS = ['actions/re-run-workflow-failed-jobs', 'issues/create-comment'];
const BUSY: readonly Fault[] = [
  { kind: 'status', status: 403, retryAfterSeconds: 0 },
  { kind: 'status', status: 429, retryAfterSeconds: 0 },
  { kind: 'slow', ms: 150 },
];
const BROKEN: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 503 },
];
/** The workflow waits for minutes. */
const LIMITED: readonly Fault[] = [{ kind: 'status', status: 403, retryAfterSeconds: 60 }];

let healer: Healer;
const seed = announceSeed('throttling');
beforeAll(async () => {
  healer = await openForWaves();
});
afterAll(() => healer?.stop());

/** After a re-run or comment that may have been made real seconds are spent on looking for it, for which short runs have no time. */
function githubFault(operation: string, next: () => number): Fault {
  if (ROUNDS >= LONG_ROUNDS) return oneOf([...BUSY, ...BROKEN, ...LIMITED], next);
  return oneOf(EFFECTS.includes(operation) ? BUSY : [...BUSY, ...BROKEN], next);
}

async function wave(next: () => number): Promise<{ problems: string[]; ends: string[]; struck: number }> {
  const { runtime, world } = healer;
  const before = world.journal.entries().length;
  let struck = 0;
  const strikes = () => {
    const hit = next() < SHARE;
    struck += hit ? 1 : 0;
    return hit;
  };
  const timing = { times: Number.POSITIVE_INFINITY, strikes };
  for (const prefix of GITHUB) world.faults.inject(prefix, (operation) => githubFault(operation, next), timing);
  runtime.faults.inject('*', throttlingOf, timing);
  const begun = FAILURES.map((name) => begin(healer, name));
  await settle(healer, begun);
  const problems = await problemsAfter(healer, begun, world.journal.entries().slice(before), false);
  return { problems, ends: await endsOf(healer, begun), struck };
}

describe('every fifth call to AWS and to GitHub refused', () => {
  it(
    `loses nothing, repeats nothing and does nothing that a day without faults would not see, over ${ROUNDS} rounds`,
    async () => {
      const next = numbersFrom(seed);
      const ends: string[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const facts = await wave(next);
        expect(facts.problems, `round ${round}`).toEqual([]);
        expect(facts.struck).toBeGreaterThan(10);
        ends.push(...facts.ends);
      }
      // Most of it is healed all the same: a wave resolves three of five on a day without faults.
      expect(ends.filter((status) => status === 'resolved').length).toBeGreaterThanOrEqual(ROUNDS);
    },
    timeFor(ROUNDS),
  );
});
