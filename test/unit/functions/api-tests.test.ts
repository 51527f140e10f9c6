import { type TestRecord, testKeyOf } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { describe, expect, it } from 'vitest';
import { TestDetails, TestList } from '#functions/api/routes/tests.ts';
import { aTestQuarantine, FLAKY_NAME, redactedText } from '#test/builders/index.ts';
import { anApi } from './api-rig.ts';

const SHOP = '501:acme/shop';
const KEY = testKeyOf(FLAKY_NAME);
const result = { attempt: 1, commit: 'abcdefabcdef', onDefaultBranch: true };

const aRecord = (name: string, change: Partial<TestRecord> = {}): TestRecord => ({
  version: 1,
  key: testKeyOf(name),
  name: redactedText(name),
  ...{ runs: 20, failures: 4, flips: 1 },
  firstAt: '2026-11-01T00:00:00.000Z',
  lastAt: '2026-11-20T00:00:00.000Z',
  results: [
    { ...result, runId: 9, passed: true },
    { ...result, runId: 8, passed: false, incidentId: 'gh-000000000000000000000001' },
  ],
  ...change,
});

/** The API; a repository with one test of each kind, of which the last is in quarantine, and another repository. */
async function aDesk() {
  const api = await anApi();
  const { tests } = api.deps;
  const store = (repository: string, records: readonly TestRecord[]) => {
    const byKey = new Map(records.map((record) => [record.key, record]));
    return tests.changeTests(repository, [...byKey.keys()], (key) => byKey.get(key) ?? aRecord('none'));
  };
  const failed = { ...result, passed: false };
  await store(SHOP, [
    aRecord('flaky'),
    aRecord('broken', {
      ...{ runs: 6, failures: 3, flips: 0 },
      results: [1, 2, 3, 4, 5, 6]
        .reverse()
        .map((runId) => ({ ...failed, commit: `c${runId}`, runId, passed: runId > 3 })),
    }),
    aRecord('new', { runs: 1, failures: 1, flips: 0, results: [{ ...failed, runId: 1 }] }),
    aRecord(FLAKY_NAME),
  ]);
  await tests.putQuarantine(SHOP, aTestQuarantine());
  await store('502:acme/site', [aRecord('other', { lastAt: '2026-11-02T00:00:00.000Z' })]);
  const list = async (query = '') => TestList.parse((await api.call(`/api/tests${query}`, { as: 'viewer' })).json);
  const show = (key = KEY) => api.call(`/api/tests/${key}?repository=acme/shop`, { as: 'viewer' });
  const decide = (what: string, body: object, { as = 'operator', seen = '"1"', key = KEY } = {}) =>
    api.call(`/api/tests/${key}/${what}?repository=acme/shop`, {
      ...{ method: 'POST', as, body },
      headers: { 'content-type': 'application/json', ...(seen === '' ? {} : { 'if-match': seen }) },
    });
  return { ...api, list, show, decide, tests };
}

describe('the list of tests', () => {
  it('[B3] has those that fail by chance and those in quarantine, of the repository that failed last or of the named one', async () => {
    const { list } = await aDesk();
    const { repositories, repository, tests, more } = await list();
    expect(repositories.map(({ name }) => name)).toEqual(['acme/shop', 'acme/site']);
    expect([repository, more]).toEqual(['acme/shop', false]);
    expect(tests.map(({ name, state }) => [name, state])).toEqual([
      [FLAKY_NAME, 'quarantined'],
      ['flaky', 'flaky'],
    ]);
    expect(tests[1]?.reason).toMatch(/^It failed in 4 of 20 recorded runs, and both failed and passed on one commit/);
    expect((await list('?repository=ACME/site')).tests.map(({ name }) => name)).toEqual(['other']);
  });

  it('adds the others on request, and says when there are more', async () => {
    const { list } = await aDesk();
    const all = await list('?all=true');
    expect(all.tests.map(({ state }) => state)).toEqual(['quarantined', 'flaky', 'broken', 'steady']);
    const first = await list('?limit=1');
    expect([first.tests.length, first.more]).toEqual([1, true]);
  });

  it('begins with those that fail most runs a week, however likely the others are to be flaky', async () => {
    const { list, tests, deps } = await aDesk();
    const dayBefore = (days: number) => new Date(deps.clock.now().getTime() - days * 86_400_000).toISOString();
    const weeks = (name: string, count: number, change: Partial<TestRecord>) =>
      aRecord(name, { firstAt: dayBefore(7 * count), lastAt: dayBefore(1), ...change });
    const records = [
      weeks('surely, seldom', 20, { runs: 40, failures: 20, flips: 10 }),
      weeks('often', 2, { runs: 200, failures: 18, flips: 2 }),
      weeks('since today', 0, { runs: 10, failures: 3, flips: 2 }),
    ];
    const byKey = new Map(records.map((record) => [record.key, record]));
    await tests.changeTests('503:acme/app', [...byKey.keys()], (key) => byKey.get(key) ?? aRecord('none'));
    expect(
      (await list('?repository=acme/app')).tests.map(({ name, failuresPerWeek }) => [name, failuresPerWeek]),
    ).toEqual([
      ['often', 9],
      ['since today', 3],
      ['surely, seldom', 1],
    ]);
  });

  it('is empty before any test failed, and says that a repository is not known', async () => {
    const api = await anApi();
    const { json } = await api.call('/api/tests', { as: 'viewer' });
    expect(json).toEqual({ repositories: [], repository: null, tests: [], more: false });
    const unknown = await api.call('/api/tests?repository=acme/none', { as: 'viewer' });
    expect([unknown.statusCode, unknown.json.detail]).toEqual([404, expect.stringContaining('No test of acme/none')]);
  });
});

describe('one test', () => {
  it('shows its results with their incidents, its owner, its last day and the issue', async () => {
    const { show } = await aDesk();
    const { json, headers } = await show();
    const test = TestDetails.parse(json);
    expect(headers?.etag).toBe('"1"');
    expect(test.results).toMatchObject([
      { passed: true, incidentId: null },
      { passed: false, incidentId: 'gh-000000000000000000000001' },
    ]);
    expect(test.quarantine).toMatchObject({
      ...{ issue: 7, until: '2026-12-05', incidentId: 'gh-000000000000000000000001' },
      owner: { kind: 'code-owners', names: ['@acme/basket'] },
    });
    expect((await show('0'.repeat(16))).statusCode).toBe(404);
    expect((await show('nonsense')).statusCode).toBe(400);
  });

  it('is shown from its quarantine when its results are forgotten', async () => {
    const { show, tests } = await aDesk();
    const key = 'f'.repeat(16);
    await tests.putQuarantine(SHOP, aTestQuarantine({}, { testKey: key }));
    const { json } = await show(key);
    expect(json).toMatchObject({
      state: 'quarantined',
      score: null,
      results: [],
      reason: expect.stringContaining('forgotten'),
    });
  });
});

describe('the quarantine of a test', () => {
  it('is extended and released by operators, each with a reason, and only as they saw it', async () => {
    const { decide, show } = await aDesk();
    const extended = await decide('extend', { until: '2026-12-20', reason: 'still failing' });
    expect([extended.statusCode, extended.headers?.etag]).toEqual([200, '"2"']);
    expect(extended.json.quarantine).toMatchObject({ until: '2026-12-20', revision: 2 });
    expect((await decide('release', { reason: 'mended' })).statusCode).toBe(412);
    const released = await decide('release', { reason: 'mended' }, { seen: '"2"' });
    expect([released.statusCode, released.json.state]).toEqual([200, 'released']);
    expect((await show()).json.quarantine.decisions).toMatchObject([
      { kind: 'extended', by: 'ada@example.com', reason: 'still failing' },
      { kind: 'released', by: 'ada@example.com', reason: 'mended' },
    ]);
  });

  it.each([
    ['a viewer', 403, { as: 'viewer' }],
    ['without the revision that was seen', 428, { seen: '' }],
    ['of a test that never was in one', 404, { key: testKeyOf('flaky') }],
  ])('is not decided by or %s', async (_, status, how) => {
    const { decide, show } = await aDesk();
    expect((await decide('release', { reason: 'mended' }, how)).statusCode).toBe(status);
    expect((await show()).json.quarantine.revision).toBe(1);
  });

  it('keeps what cannot be decided as it is, and says why', async () => {
    const { decide } = await aDesk();
    const shorter = await decide('extend', { until: '2026-12-01', reason: 'sooner' }, { seen: '*' });
    expect([shorter.statusCode, shorter.json.detail]).toEqual([
      409,
      'Not done: 2026-12-01 does not extend it: it ends on 2026-12-05.',
    ]);
    expect((await decide('extend', { until: 'soon', reason: 'x' })).statusCode).toBe(400);
    expect((await decide('release', { reason: '' })).statusCode).toBe(400);
  });
});
