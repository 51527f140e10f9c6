import type { Fault } from '@selfheal/fake-server/faults.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import type { GatewayFault } from '@selfheal/local-cloud/wire/faults.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { oneOf } from '#lab/drills/moments.ts';
import type { Healer } from '#test/e2e/support/healer.ts';
import { announceSeed, LONG_ROUNDS, ROUNDS, timeFor } from './support/rounds.ts';
import { begin, FAILURES, openForWaves, problemsAfter, settle } from './support/waves.ts';

/** Every effect on GitHub and on AWS that healing has; each is done, and its first answer does not arrive. */
const ON_GITHUB = ['actions/re-run-workflow-failed-jobs', 'issues/create-comment', 'issues/update-comment'];
const ON_AWS = [
  'lambda:UpdateAlias',
  'ecs:UpdateService',
  'states:StartExecution',
  'sqs:SendMessage',
  'sns:Publish',
  's3:PutObject',
];
const WRITES = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];

interface Loss {
  readonly name: string;
  readonly github: Fault;
  readonly aws: GatewayFault;
}
const LOSSES: readonly Loss[] = [
  {
    name: '5xx',
    github: { kind: 'status', status: 502, when: 'after' },
    aws: { kind: 'error', code: 'InternalServerError', status: 500, when: 'after' },
  },
  { name: 'a broken connection', github: { kind: 'reset', when: 'after' }, aws: { kind: 'reset', when: 'after' } },
];
/** Longer than the clients wait: on GitHub it is even done only after they gave up. */
const SILENCE: Loss = { name: 'silence', github: { kind: 'slow', ms: 10_500 }, aws: { kind: 'slow', ms: 10_500 } };

/**
 * A client of the AWS SDK stops repeating when it has used up its retry quota, and lost writes use up more than calls that succeed give back.
 * After so many rounds the functions start anew, as they do after a pause.
 */
const ROUNDS_OF_ONE_START = 4;

let healer: Healer | undefined;
const seed = announceSeed('lost answers');
afterAll(() => healer?.stop());

/** One of each failure, while the first answer of every effect is lost, and of table writes every fourth. */
async function wave(healer: Healer, loss: Loss, next: () => number): Promise<string[]> {
  const { runtime, world } = healer;
  const before = world.journal.entries().length;
  for (const operation of ON_GITHUB) world.faults.inject(operation, loss.github);
  for (const action of ON_AWS) runtime.faults.inject(action, loss.aws);
  for (const action of WRITES) {
    const fault = loss === SILENCE ? LOSSES[0]?.aws : loss.aws;
    if (fault === undefined) throw new Error('There is no loss.');
    runtime.faults.inject(action, fault, { times: Number.POSITIVE_INFINITY, strikes: () => next() < 0.25 });
  }
  const begun = FAILURES.map((name) => begin(healer, name));
  await healer.quiet(180);
  const notCome = [...world.faults.pending(), ...runtime.faults.pending().filter((action) => !WRITES.includes(action))];
  await settle(healer, begun);
  const effects = world.journal.entries().slice(before);
  return [
    ...notCome.map((operation) => `${operation} was never called`),
    ...(await problemsAfter(healer, begun, effects, true)),
  ];
}

describe('an effect that was done and whose answer is lost', () => {
  it(
    `is found and not repeated, and everything ends as it would have, over ${ROUNDS} rounds`,
    async () => {
      const next = numbersFrom(seed);
      for (let round = 0; round < ROUNDS; round += 1) {
        const loss = oneOf(ROUNDS >= LONG_ROUNDS ? [...LOSSES, SILENCE] : LOSSES, next);
        if (healer === undefined || round % ROUNDS_OF_ONE_START === 0) {
          await healer?.stop();
          healer = await openForWaves();
        }
        expect(await wave(healer, loss, next), `round ${round}: ${loss.name}`).toEqual([]);
      }
    },
    timeFor(ROUNDS),
  );
});
