import { testKeyOf, unknownTest, withResults } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { describe, expect, it } from 'vitest';
import { aTestQuarantine, FLAKY_NAME, redactedText } from '#test/builders/index.ts';
import { aServedApi } from './served-api.ts';

const KEY = testKeyOf(FLAKY_NAME);
const AT = '2026-11-20T00:00:00.000Z';
const seen = (runId: number, passed: boolean) => ({
  runId,
  attempt: runId,
  passed,
  commit: 'c1',
  onDefaultBranch: true,
});

async function aDesk() {
  const served = await aServedApi();
  const { tests } = served.deps;
  await tests.changeTests('501:acme/shop', [KEY], () =>
    withResults(unknownTest(redactedText(FLAKY_NAME), AT), [seen(1, false), seen(2, true), seen(3, false)], AT),
  );
  return { ...served, tests };
}

describe('selfheal flaky list', () => {
  it('[B3] names the tests of the repository that failed last, with their state and last day', async () => {
    const { run, runAs, tests } = await aDesk();
    expect((await run('flaky', 'list')).text).toMatch(
      new RegExp(`^${KEY}  flaky        \\d\\d.\\d % by chance  ${FLAKY_NAME}\n$`),
    );
    await tests.putQuarantine('501:acme/shop', aTestQuarantine());
    expect((await run('test', 'list', 'acme/shop')).text).toContain('quarantined  ');
    const { text } = await runAs('viewer', ['flaky', 'list', '--json']);
    expect(JSON.parse(text)).toMatchObject({ key: KEY, quarantine: { issue: 7, until: '2026-12-05' } });
    expect(await run('flaky', 'list', 'acme/none')).toMatchObject({ code: 2 });
  });

  it('says that none is on record', async () => {
    const { run } = await aServedApi();
    expect((await run('flaky', 'list')).stderr).toContain('no test of any repository fails by chance');
  });
});

describe('selfheal flaky extend and release', () => {
  it('decide about the quarantine as it is now', async () => {
    const { run, runAs, tests } = await aDesk();
    await tests.putQuarantine('501:acme/shop', aTestQuarantine());
    const tried = await run('flaky', 'release', KEY, 'acme/shop', '--reason', 'mended', '--dry-run');
    expect(JSON.parse(tried.text)).toMatchObject({ dryRun: true, body: { repository: 'acme/shop', reason: 'mended' } });
    const extended = await run('flaky', 'extend', KEY, 'acme/shop', '--until', '2026-12-20', '--reason', 'no time');
    expect([extended.code, extended.text]).toEqual([0, `${KEY}: in quarantine until 2026-12-20.\n`]);
    const refused = await runAs('viewer', ['flaky', 'release', KEY, 'acme/shop', '--reason', 'mended']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('operate') });
    const released = await run('flaky', 'release', KEY, 'acme/shop', '--reason', 'mended', '--json');
    expect(JSON.parse(released.text)).toMatchObject({ state: 'released' });
    expect((await tests.quarantine('501:acme/shop', KEY))?.decisions.map(({ reason }) => reason)).toEqual([
      'no time',
      'mended',
    ]);
  });

  it('need a reason, a day, and a test that is in quarantine', async () => {
    const { run } = await aDesk();
    for (const args of [
      ['release', KEY, 'acme/shop'],
      ['extend', KEY, 'acme/shop', '--reason', 'no time'],
      ['extend', KEY, 'acme/shop', '--reason', 'no time', '--until', 'soon'],
      ['release', KEY, 'acme/shop', '--reason', 'mended'],
    ])
      expect(await run('flaky', ...args)).toMatchObject({ code: 2 });
  });
});
