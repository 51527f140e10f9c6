import { expect, it } from 'vitest';
import { githubWorld } from './github-world.ts';
import { aPastOf, PAST_STORIES } from './past-failures.ts';
import { runCommand } from './run-command.ts';

const shop = githubWorld();
const RUNS = 200;

it('counts what is known of 200 past failures', async () => {
  // Uneven shares, so that no count is right by accident.
  const stories = Array.from(
    { length: RUNS },
    (_, at) => PAST_STORIES[(at * at + 3 * at) % PAST_STORIES.length],
  ).filter((one) => one !== undefined);
  const repository = aPastOf(
    stories.map(({ story }) => story),
    'long-past',
    shop.world,
  );
  const known = stories.map((one) => one.known.split(' '));
  const count = (column: number, value: string): number =>
    known.filter((words) => words[column] === value && words[0] !== 'unread').length;
  const began = process.hrtime.bigint();
  const { code, stdout } = await runCommand(
    ['replay', '--repo', repository, '--last', `${RUNS}`, '--json'],
    '',
    undefined,
    shop.environment(),
  );
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  console.log(`${RUNS} runs replayed in ${seconds.toFixed(1)} s`);
  expect(code).toBe(0);
  const { totals } = JSON.parse(stdout.toString());
  expect(totals.failures).toBe(RUNS);
  expect(totals.explained).toBe(known.filter(([advice]) => advice !== 'unread').length);
  for (const advice of ['rerun', 'ask', 'change', 'nothing'])
    expect([advice, totals.byAdvice[advice].runs]).toEqual([advice, count(0, advice)]);
  for (const outcome of ['passed-again', 'changed', 'failed-again', 'open'])
    expect([outcome, totals.byOutcome[outcome]]).toEqual([
      outcome,
      known.filter((words) => words[1] === outcome).length,
    ]);
  for (const mark of ['right', 'wrong', 'unknown']) {
    expect(totals.marks[mark]).toBe(count(2, mark));
    expect(totals.files[mark]).toBe(count(3, mark));
  }
});
