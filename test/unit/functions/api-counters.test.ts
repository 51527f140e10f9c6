import { describe, expect, it } from 'vitest';
import { makeMemoryCounters } from '#test/fakes/index.ts';
import { parseOpenMetrics } from '../domain/answers/open-metrics.ts';
import { anApi } from './api-rig.ts';

const LOG = Array.from({ length: 300 }, (_, at) => `2026-11-21T11:00:00Z INFO request ${at} served in ${at % 7} ms`)
  .concat('2026-11-21T12:00:01Z ERROR could not connect: connect ECONNREFUSED 10.0.0.5:5432')
  .join('\n');
const json = { 'content-type': 'application/json' };

/** The API, its scrapes as a strict reader of OpenMetrics reads them. */
async function aScrapedApi(change: Parameters<typeof anApi>[0] = {}) {
  const api = await anApi(change);
  const post = (path: string, body: unknown) => api.call(path, { as: 'viewer', method: 'POST', headers: json, body });
  const scrape = async () => {
    const answer = await api.call('/metrics', {
      as: 'viewer',
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8',
      vary: 'accept',
    });
    const samples = parseOpenMetrics(answer.body ?? '');
    return (name: string, labels: Record<string, string> = {}): number =>
      samples
        .filter(
          (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
        )
        .reduce((sum, { value }) => sum + value, 0);
  };
  return { ...api, post, scrape };
}

describe('the counters of the API', () => {
  it('[E40] counts requests by route and method, not by what their paths name', async () => {
    const { call, scrape, incident } = await aScrapedApi();
    for (const path of ['/api/incidents', '/incidents', `/api/incidents/${incident.id}`, '/api/incidents/gh-ffffffff'])
      await call(path, { as: 'viewer' });
    const value = await scrape();
    expect(value('selfheal_requests_total', { endpoint: '/api/incidents', method: 'GET' })).toBe(2);
    expect(value('selfheal_requests_total', { endpoint: '/api/incidents/{id}', method: 'GET' })).toBe(2);
    for (const path of ['/api/nothing', '/api/nothing/else', '/api/../etc']) await call(path, { as: 'viewer' });
    expect((await scrape())('selfheal_requests_total', { endpoint: 'other' })).toBe(3);
  });

  it('[E41] counts errors by route, those of the caller and those of Selfheal apart', async () => {
    const counters = makeMemoryCounters();
    const broken = await aScrapedApi({ counters, fail: new Error('The table is gone.') });
    await broken.call('/api/incidents', { as: 'viewer' });
    await broken.call('/api/incidents');
    await broken.call('/api/incidents?limit=0', { as: 'viewer' });
    const { scrape } = await aScrapedApi({ counters });
    const value = await scrape();
    expect(value('selfheal_errors_total', { endpoint: '/api/incidents', status: '5xx' })).toBe(1);
    expect(value('selfheal_errors_total', { endpoint: '/api/incidents', status: '4xx' })).toBe(2);
    expect(value('selfheal_requests_total', { endpoint: '/api/incidents' })).toBe(3);
  });

  it.each([
    [
      '[E42]',
      'anomalies',
      '/api/analyze',
      { logs: LOG },
      (answer: { anomalies: unknown[] }) => answer.anomalies.length,
    ],
    ['[E43]', 'predictions', '/api/predict', { logs: LOG }, () => 1],
    [
      '[E44]',
      'recommendations',
      '/api/recommend',
      { class: 'storage_issues', cause: 'disk full' },
      (answer: { recommended_actions: unknown[] }) => answer.recommended_actions.length,
    ],
    ['[E45]', 'searches', '/api/search', { query: 'disk full' }, () => 1],
  ])('%s counts %s by the route that was asked', async (_, what, path, body, expected) => {
    const { post, scrape } = await aScrapedApi();
    let sum = 0;
    for (let time = 0; time < 2; time++) sum += expected((await post(path, body)).json as never);
    const whole = await post('/api/logs/analyze', { logs: LOG });
    expect(whole.statusCode).toBe(200);
    const value = await scrape();
    expect(sum).toBeGreaterThan(0);
    expect(value(`selfheal_${what}_total`, { endpoint: path })).toBe(sum);
    const found = {
      anomalies: whole.json.anomalies.length,
      predictions: 1,
      recommendations: whole.json.recommended_actions.length,
      searches: 1,
    };
    expect(value(`selfheal_${what}_total`, { endpoint: '/api/logs/analyze' })).toBe(found[what as keyof typeof found]);
  });

  it('adds up what several instances count, and shows each of them the same', async () => {
    const counters = makeMemoryCounters();
    const instances = await Promise.all([1, 2, 3].map(() => aScrapedApi({ counters })));
    await Promise.all(
      instances.flatMap(({ call }) => Array.from({ length: 5 }, () => call('/api/approvals', { as: 'viewer' }))),
    );
    for (const { scrape } of instances)
      expect((await scrape())('selfheal_requests_total', { endpoint: '/api/approvals' })).toBe(15);
  });

  it('writes seldom while it is asked often, and shows every request all the same', async () => {
    const counters = makeMemoryCounters();
    let writes = 0;
    const counted = {
      ...counters,
      add: async (...given: Parameters<typeof counters.add>) => {
        writes += 1;
        await counters.add(...given);
      },
    };
    const { call, scrape } = await aScrapedApi({ counters: counted });
    for (let time = 0; time < 40; time++) await call('/api/approvals', { as: 'viewer' });
    expect(writes).toBe(10);
    expect((await scrape())('selfheal_requests_total', { endpoint: '/api/approvals' })).toBe(40);
  });

  it('answers while counts cannot be written, and writes them later', async () => {
    const counters = makeMemoryCounters();
    let isDown = true;
    const flaky = {
      ...counters,
      add: async (...given: Parameters<typeof counters.add>) => {
        if (isDown) throw new Error('The table is busy.');
        await counters.add(...given);
      },
    };
    const { call, scrape, errors } = await aScrapedApi({ counters: flaky });
    expect((await call('/api/approvals', { as: 'viewer' })).statusCode).toBe(200);
    expect(errors).toHaveLength(1);
    isDown = false;
    await call('/api/approvals', { as: 'viewer' });
    expect((await scrape())('selfheal_requests_total', { endpoint: '/api/approvals' })).toBe(2);
  });

  it('counts no health check, which writes nothing', async () => {
    const { call, scrape } = await aScrapedApi();
    for (let time = 0; time < 3; time++) await call('/api/health');
    expect((await scrape())('selfheal_requests_total')).toBe(0);
  });

  it('[D233] shows how often each action helped, and how long that took', async () => {
    const { deps, scrape } = await aScrapedApi();
    const at = deps.clock.now().toISOString();
    const outcome = { actionId: 'rerun-failed-jobs', scope: 'repository#501:acme/shop', at };
    deps.experience.actionOutcomes = async (failureClass: string) =>
      failureClass === 'flaky_tests'
        ? ([
            { ...outcome, incidentId: 'gh-1', verified: 'recovered', secondsToRecover: 60 },
            { ...outcome, incidentId: 'gh-2', verified: 'recovered', secondsToRecover: 180 },
            { ...outcome, incidentId: 'gh-3', verified: 'not-recovered', undone: true },
            { ...outcome, incidentId: 'gh-4', verified: 'not-recovered' },
          ] as never)
        : [];
    const value = await scrape();
    const labels = { action: 'rerun-failed-jobs' };
    expect(value('selfheal_action_success_ratio', labels)).toBe(0.5);
    expect(value('selfheal_action_recovery_seconds_mean', labels)).toBe(120);
    for (const [result, count] of Object.entries({ helped: 2, undone: 1, not_helped: 1 }))
      expect(value('selfheal_actions_judged', { ...labels, outcome: result })).toBe(count);
  });
});
