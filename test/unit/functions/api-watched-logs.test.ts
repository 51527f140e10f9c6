import { describe, expect, it } from 'vitest';
import { receiveLines } from '#shared/app/log-watch/receive-lines.ts';
import { watchLogs } from '#shared/app/log-watch/watch-logs.ts';
import { LogScan, LogStatistics, RecentLogs } from '#shared/app/triage/log-answers.ts';
import { WatchedLog } from '#shared/app/triage/watched-answers.ts';
import type { Fields } from '#shared/domain/log-watch/wire/sent-line.ts';
import { HOUR, MINUTE, START, usualLines } from '../domain/log-watch/made-log.ts';
import { anApi } from './api-rig.ts';

type Api = Awaited<ReturnType<typeof anApi>>;
/** Split, so that no scanner takes it for a real one. */
const TOKEN = ['ghp', `${'A1b2'.repeat(9)}`].join('_');
const END = START + 26 * HOUR;
const FAULT = Array.from({ length: 12 }, (_, at) => `ERROR connection to 10.0.0.${at}:5432 refused, token ${TOKEN}`);

/** The API of a deployment to which services send their logs. */
async function aWatchingApi() {
  const api = await anApi();
  const clockAt = (now: number) => ({ now: () => new Date(now), sleep: async () => {} });
  const send = async (at: number, lines: readonly string[], service = 'orders', attributes: Fields = {}) => {
    const sent = lines.map((text) => ({ service, at, level: null, text, status: null, attributes: [attributes] }));
    const batch = { lines: sent, rejected: 0, problem: null };
    await receiveLines(batch, Buffer.from(JSON.stringify([at, lines])), { store: api.logWatch, clock: clockAt(at) });
  };
  const judge = async (at: number) =>
    await watchLogs({
      ...api.deps,
      queue: api.changeable.queue,
      store: api.logWatch,
      clock: clockAt(at),
      meter: { count: () => {} } as never,
    });
  return { ...api, send, judge };
}

/** It learned a day of usual lines, then connections are refused. */
async function withFault() {
  const api = await aWatchingApi();
  for (let minute = 0; minute < 26 * 60; minute += 1) await api.send(START + minute * MINUTE, usualLines(minute));
  await api.judge(END);
  await api.send(END + MINUTE, FAULT);
  await api.judge(END + 2 * MINUTE);
  return api;
}

const read = async ({ call }: Api, path: string) => await call(path, { as: 'viewer' });

describe('GET /api/logs/watched', () => {
  it('lists the services that send their logs, those that sent last first', async () => {
    const api = await aWatchingApi();
    expect((await read(api, '/logs/watched')).json).toEqual({ services: [] });
    await api.send(START, ['INFO started'], 'Orders API');
    await api.send(START + MINUTE, ['INFO started'], 'tills');
    expect((await read(api, '/api/logs/watched')).json.services).toEqual([
      { service: 'tills', lastSeenAt: new Date(START + MINUTE).toISOString() },
      { service: 'orders-api', lastSeenAt: new Date(START).toISOString() },
    ]);
  });

  it('shows of a service the levels over time, patterns, and anomalies with their reason and incident', async () => {
    const api = await withFault();
    const log = WatchedLog.parse((await read(api, '/api/logs/watched/Orders')).json);
    expect(log).toMatchObject({ service: 'orders', learning: false, windowMinutes: 5 });
    expect(log.windows.at(-1)).toMatchObject({ at: new Date(END).toISOString(), levels: { error: 12 } });
    expect(log.windows.at(-1)?.usualErrors).toBeLessThan(2);
    expect(log.patterns[0]).toMatchObject({ level: 'error', lately: 12, usual: 0, firstSeenAt: null });
    const [anomaly] = log.anomalies;
    expect(anomaly?.reason).toMatch(/^(?:new error, 12 times|12 errors) in 5 minutes/);
    const opened = api.sent.find(({ source }) => source === 'report');
    expect(opened?.tainted.title).toMatch(/^orders: /);
    expect(anomaly?.incident).toMatch(/^\S+$/);
    expect(await api.deps.incidents.get(anomaly?.incident ?? '')).not.toBeNull();
    expect(JSON.stringify(log)).not.toContain(TOKEN);
  });

  it('counts what came since the last round of the watch', async () => {
    const api = await withFault();
    await api.send(END + 3 * MINUTE, FAULT.slice(0, 3));
    const log = WatchedLog.parse((await read(api, '/api/logs/watched/orders')).json);
    expect(log.windows.at(-1)?.levels.error).toBe(15);
    await api.judge(END + 4 * MINUTE);
    expect((await read(api, '/api/logs/watched/orders')).json.windows.at(-1).levels.error).toBe(15);
  });

  it('says that it learns, and of a service that sends nothing which ones do', async () => {
    const api = await aWatchingApi();
    await api.send(START, ['ERROR all is lost']);
    expect((await read(api, '/api/logs/watched/orders')).json).toMatchObject({ learning: true, anomalies: [] });
    const missing = await read(api, '/api/logs/watched/nobody');
    expect([missing.statusCode, missing.json.detail]).toEqual([404, expect.stringContaining('GET /api/logs/watched')]);
    const refused = await read(api, '/api/logs/recent?stream=nobody');
    expect(refused.statusCode).toBe(400);
    expect(refused.json.detail).toContain('no service nobody sends its log. Those that do: orders.');
  });
});

describe('the routes about logs', () => {
  it('[D90] show the last lines that services send, each with service, time, level, message and what else is said of it', async () => {
    const api = await aWatchingApi();
    await api.send(START, ['INFO started', `ERROR giving up, token ${TOKEN}`]);
    await api.send(START + MINUTE, ['WARN slow query took 12 ms'], 'tills', { 'host.name': 'till-7', token: TOKEN });
    const { entries } = RecentLogs.parse((await read(api, '/logs/recent?stream=*')).json);
    expect(entries.map(({ source, at, level, text, attributes }) => [source, at, level, text, attributes])).toEqual([
      ['orders', new Date(START).toISOString(), 'info', 'INFO started', {}],
      [
        'orders',
        new Date(START).toISOString(),
        'error',
        expect.stringMatching(/^ERROR giving up, token \[redacted/),
        {},
      ],
      [
        'tills',
        new Date(START + MINUTE).toISOString(),
        'warning',
        'WARN slow query took 12 ms',
        { 'host.name': 'till-7', token: expect.stringMatching(/^\[redacted/) },
      ],
    ]);
    const errors = RecentLogs.parse((await read(api, '/logs/recent?stream=orders&level=error')).json).entries;
    expect(errors.map(({ level, incident }) => [level, incident])).toEqual([['error', null]]);
    const both = await read(api, '/logs/recent?stream=orders&repository=acme/shop');
    expect([both.statusCode, both.json.detail]).toEqual([400, expect.stringContaining('either a stream, or')]);
  });

  it('keep the last twenty lines of a large request, as they were sent', async () => {
    const api = await aWatchingApi();
    await api.send(
      START,
      Array.from({ length: 1_000 }, (_, at) => `INFO request ${at} handled`),
    );
    const { entries } = RecentLogs.parse((await read(api, '/logs/recent?stream=orders')).json);
    expect(entries.map(({ text }) => text)).toEqual(
      Array.from({ length: 20 }, (_, at) => `INFO request ${980 + at} handled`),
    );
    expect(new Set(entries.map(({ line }) => line)).size).toBe(20);
  });

  it('count and search a watched log as they do those of incidents', async () => {
    const api = await withFault();
    const counts = LogStatistics.parse((await read(api, '/logs/statistics?stream=orders')).json);
    expect(counts).toMatchObject({ incidents: 1, sources: [{ source: 'orders', lines: counts.lines }] });
    expect(counts.levels.error).toBeGreaterThanOrEqual(12);
    expect(counts.templates.map(({ template }) => template).join('\n')).toContain('refused');
    const body = { stream: 'orders', patterns: [{ name: 'refused', pattern: 'refused' }] };
    const patterns = await api.call('/api/logs/patterns', {
      as: 'viewer',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(patterns.json.patterns).toMatchObject([{ name: 'refused', matches: 12 }]);
  });

  it('[E11] analyze a watched log, with what is unusual against its own past', async () => {
    const api = await withFault();
    const post = async (body: unknown) =>
      await api.call('/analyze', {
        as: 'viewer',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    const scan = LogScan.parse((await post({ stream: 'orders' })).json);
    expect(scan.events.map(({ severity }) => severity)).toContain('error');
    expect(scan.watched?.[0]?.reason).toMatch(/12 times|12 errors/);
    expect((await post({ stream: 'orders', logs: 'x' })).statusCode).toBe(400);
    expect((await post({})).json.detail).toContain('either logs or stream');
  });
});
