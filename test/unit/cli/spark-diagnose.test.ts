import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { runCommand } from './run-command.ts';

const OUT_OF_MEMORY = 'java.lang.OutOfMemoryError: Java heap space';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  world.spark.addApplication({ id: 'app-1', name: 'fine' });
  world.spark.addApplication({
    id: 'app-2',
    name: 'nightly-report',
    status: 'FAILED',
    stage: {
      status: 'FAILED',
      failureReason: `Job aborted due to stage failure: ${OUT_OF_MEMORY}`,
      taskTimes: [2_000, 3_000],
    },
    executors: [{ id: '4', removeReason: 'Command exited with code 52' }],
  });
});
afterAll(() => world.stop());
const run = async (args: readonly string[], url = `${world.url}/spark-history`) =>
  await runCommand(['spark', 'diagnose', ...args], '', undefined, { SPARK_HISTORY_SERVER_URL: url }, { now: Date.now });

describe('spark diagnose', () => {
  it('[D12] [D195] reads the History Server of SPARK_HISTORY_SERVER_URL and says why applications failed', async () => {
    const { code, stdout } = await run(['--json']);
    expect(code).toBe(1);
    const found = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(found.map(({ id, failed, outOfMemory }) => [id, failed, outOfMemory]).sort()).toEqual([
      ['app-1', false, false],
      ['app-2', true, true],
    ]);
    const text = (await run(['app-2'])).stdout.toString();
    for (const words of [
      'failed  nightly-report (app-2)',
      'Memory was not enough: 1 executor ended for that.',
      'OutOfMemoryError',
    ])
      expect(text).toContain(words);
    expect((await run(['app-1'])).code).toBe(0);
  });

  it.each([
    ['no address is set', [], '', 'Set SPARK_HISTORY_SERVER_URL'],
    ['the address is none', [], 'spark.example.com', 'is no address such as'],
    ['the server is away', [], 'http://127.0.0.1:9', 'does not answer'],
    ['the application is unknown', ['app-9'], null, 'knows no application app-9'],
    ['the hours are none', ['--hours', 'x'], null, '--hours x'],
  ])('says in one line what is wrong when %s', async (_case, args, url, words) => {
    const { code, stderr } = await run(args, url ?? `${world.url}/spark-history`);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});
