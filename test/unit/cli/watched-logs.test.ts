import { describe, expect, it } from 'vitest';
import { receiveLines } from '#shared/app/log-watch/receive-lines.ts';
import { watchLogs } from '#shared/app/log-watch/watch-logs.ts';
import { HOUR, MINUTE, START, usualLines } from '../domain/log-watch/made-log.ts';
import { runCommand } from './run-command.ts';
import { aServedApi } from './served-api.ts';

const END = START + 26 * HOUR;

/** A served API to which services send their logs. */
async function aLog() {
  const api = await aServedApi();
  const clockAt = (now: number) => ({ now: () => new Date(now), sleep: async () => {} });
  const send = async (at: number, lines: readonly string[], service = 'orders') => {
    const sent = lines.map((text) => ({ service, at, level: null, text, status: null }));
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
  const learn = async () => {
    for (let minute = 0; minute < 26 * 60; minute += 1) await send(START + minute * MINUTE, usualLines(minute));
    await judge(END);
  };
  return { ...api, send, judge, learn };
}

const withoutTime = (line: string): string => line.replace(/^\S+ +/, '');

describe('commands about the log that a service sends', () => {
  it('[D123] logs shows the last lines of every service, or of one, and those of a level', async () => {
    const { send, runAs } = await aLog();
    await send(START, ['INFO started', 'ERROR disk full on node 3']);
    await send(START + MINUTE, ['WARN slow query took 9 ms'], 'tills');
    const all = await runAs('viewer', ['logs']);
    expect([all.code, all.stderr]).toEqual([0, '']);
    expect(all.text.trimEnd().split('\n')).toEqual([
      '2026-11-02T00:00:00Z  info      orders  INFO started',
      '2026-11-02T00:00:00Z  error     orders  ERROR disk full on node 3',
      '2026-11-02T00:01:00Z  warning   tills  WARN slow query took 9 ms',
    ]);
    const some = await runAs('viewer', ['logs', '--service', 'Orders', '--level', 'error', '--json']);
    expect(JSON.parse(some.text)).toMatchObject({ incident: null, source: 'orders', level: 'error' });
    const none = await runAs('viewer', ['logs', '--service', 'nobody']);
    expect([none.code, none.text, none.stderr]).toEqual([0, '', 'selfheal: no such lines are kept.\n']);
  });

  it('[D123] logs shows fifty lines, the last of each service, says how to get more, and leaves nothing out of JSON', async () => {
    const { send, runAs } = await aLog();
    const written = Array.from({ length: 20 }, (_, at) => `INFO order ${at} was paid`);
    for (const service of ['orders', 'stock', 'mail', 'users']) await send(START, written, service);
    await send(START + MINUTE, ['WARN slow query took 9 ms'], 'tills');
    const lines = async (...args: readonly string[]) => {
      const { text, stderr } = await runAs('viewer', ['logs', ...args]);
      return { lines: text.trimEnd().split('\n'), stderr };
    };
    const tail = await lines();
    expect(tail.lines).toHaveLength(50);
    const of = (service: string) => tail.lines.filter((line) => line.includes(`  ${service}  `));
    expect(of('tills').map(withoutTime)).toEqual(['warning   tills  WARN slow query took 9 ms']);
    for (const service of ['orders', 'stock', 'mail', 'users']) {
      expect(of(service).length).toBeGreaterThanOrEqual(12);
      expect(of(service).at(-1)).toContain('INFO order 19 was paid');
    }
    expect(tail.stderr).toBe(
      'selfheal: 50 of 81 lines, the last of each incident and service. More: --lines N; all: --json.\n',
    );
    expect((await lines('--lines', '2')).lines).toHaveLength(2);
    expect(await lines('--lines', '81')).toMatchObject({ lines: { length: 81 }, stderr: '' });
    expect(await lines('--json')).toMatchObject({ lines: { length: 81 }, stderr: '' });
  });

  it('[D153] monitor-service shows the lines of a service as they are sent, and what is unusual about them', async () => {
    const { learn, send, judge, runThrough } = await aLog();
    await learn();
    const args = ['monitor-service', '--service', 'orders', '--duration', '10'];
    const { code, text, stderr } = await runThrough('viewer', args, async (pause) => {
      if (pause !== 1) return;
      const fault = Array.from({ length: 12 }, (_, at) => `ERROR connection to 10.0.0.${at}:5432 refused`);
      await send(END + MINUTE, fault);
      await send(END + MINUTE, ['INFO of another service'], 'tills');
      await judge(END + 2 * MINUTE);
    });
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^selfheal: watching the service orders for 10 seconds; .*\n$/),
    ]);
    const lines = text.trimEnd().split('\n').map(withoutTime);
    expect(lines.filter((line) => line.startsWith('orders  error '))).toHaveLength(12);
    expect(lines[0]).toBe('orders  error     ERROR connection to 10.0.0.0:5432 refused');
    expect(text).toMatch(/ orders {2}unusual {3}(?:new error, 12 times|12 errors) in 5 minutes.*\(incident \S+\)/);
    expect(text).toMatch(/\n12 new lines of 1 service in 10 seconds, 12 errors\n.*\n {2}unusual: [12]\n/);
    expect(text).not.toContain('another service');
  });

  it('[D186] looks as often as MONITORING_INTERVAL says, and names a wrong one', async () => {
    const { url } = await aLog();
    const looksWith = async (interval: string) => {
      let now = 0;
      const environment = { SELFHEAL_URL: url, SELFHEAL_TOKEN: 'viewer', MONITORING_INTERVAL: interval };
      const time = {
        now: () => now,
        pause: async (milliseconds: number) => {
          now += milliseconds;
        },
      };
      return await runCommand(['monitor-logs', '--duration', '60', '--json'], '', undefined, environment, time);
    };
    expect(JSON.parse((await looksWith('30')).stdout.toString())).toMatchObject({ kind: 'summary', looks: 3 });
    expect(JSON.parse((await looksWith('')).stdout.toString())).toMatchObject({ kind: 'summary', looks: 13 });
    expect((await looksWith('often')).stderr).toContain('often: expected seconds');
  });

  it('[D153] prints them as JSON Lines', async () => {
    const { send, runThrough, requests } = await aLog();
    await send(START, ['INFO started']);
    const args = ['monitor-service', '--service', 'orders', '--duration', '10', '--all', '--json'];
    const { text } = await runThrough('viewer', args, () => undefined);
    const [line, summary] = text
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one));
    expect(line).toMatchObject({ kind: 'line', entry: { incident: null, source: 'orders', text: 'INFO started' } });
    expect(summary).toMatchObject({ kind: 'summary', looks: 3, services: 1, incidents: 0, anomalies: 0, lines: 1 });
    expect(requests).toContain('GET /api/logs/watched/orders');
  });

  it('log watched lists the services, and sums up the log of one', async () => {
    const { learn, send, judge, runAs } = await aLog();
    expect((await runAs('viewer', ['log', 'watched'])).text).toMatch(/^No service sends its log\. To send one: /);
    await learn();
    await send(END + MINUTE, ['FATAL out of memory: heap of 900 MB exhausted']);
    await judge(END + 2 * MINUTE);
    expect((await runAs('viewer', ['log', 'watched'])).text).toBe('2026-11-03T02:01Z  orders\n');
    const { code, text } = await runAs('viewer', ['log', 'watched', 'orders']);
    expect(code).toBe(0);
    expect(text).toMatch(
      /^orders: [\d,]+ lines in the last day, the last at 2026-11-03T02:01Z\n {2}levels: critical 1, /,
    );
    expect(text).toMatch(
      /unusual:\n {4}2026-11-03T02:00Z {2}new critical, 1 time in 5 minutes: FATAL.*\(incident \S+\)/,
    );
    expect(text).toMatch(/ 1 {2} +0 {2}critical {2}(?:FATAL )?out of memory/);
    const missing = await runAs('viewer', ['log', 'watched', 'nobody']);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('No service nobody sends its log')]);
  });
});
