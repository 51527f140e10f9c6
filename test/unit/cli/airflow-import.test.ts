import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aFolder, runCommand } from './run-command.ts';

/** Split, so that no scanner takes it for a real one. */
const SECRET = ['ghp', 'k3J9dLq0ZxV7bN2mW5sT8yR1uC4aE6fH0gP2'].join('_');
const PASSWORD = `Correct-${'horse'}-7`;

interface Instance {
  readonly task: string;
  readonly state: string;
  readonly tries: number;
  readonly log: readonly string[];
  readonly day?: string;
}
const OUT_OF_MEMORY = [
  '[2026-11-05T02:00:01.000+0000] {taskinstance.py:1851} ERROR - Task failed with exception',
  `psycopg2.OperationalError: could not connect to server: Connection refused, token ${SECRET}`,
  'Is the server running on host "warehouse" (10.0.0.5) and accepting TCP/IP connections on port 5432?',
];
const TASKS: readonly Instance[] = [
  { task: 'load', state: 'failed', tries: 2, log: OUT_OF_MEMORY },
  { task: 'extract/all', state: 'success', tries: 2, log: OUT_OF_MEMORY },
  { task: 'clean', state: 'success', tries: 1, log: [] },
  { task: 'old', state: 'failed', tries: 1, log: OUT_OF_MEMORY, day: '2026-10-01' },
];

/** An Airflow that answers as the description of its stable REST API says: version 2 with a token, or version 1 with basic authentication. */
async function anAirflow(version: 1 | 2, tasks: readonly Instance[] = TASKS) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '/', 'http://airflow');
    asked.push(`${request.method} ${decodeURIComponent(url.pathname)}`);
    const answer = (status: number, body: unknown) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/auth/token') {
      if (version === 1) return answer(404, { detail: 'Not Found' });
      const { username, password } = JSON.parse(Buffer.concat(parts).toString());
      return username === 'ada' && password === PASSWORD
        ? answer(201, { access_token: 'token-1' })
        : answer(401, { detail: 'Invalid credentials' });
    }
    const wanted = version === 2 ? 'Bearer token-1' : `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;
    if (request.headers.authorization !== wanted) return answer(401, { detail: 'Unauthorized' });
    const prefix = `/api/v${version}/dags/`;
    if (url.pathname === `${prefix}~/dagRuns/~/taskInstances`) {
      const [limit, offset] = [Number(url.searchParams.get('limit')), Number(url.searchParams.get('offset'))];
      if (limit > 100) return answer(422, { detail: 'limit' });
      const [from, to] = ['start_date_gte', 'start_date_lte'].map((name) =>
        Date.parse(url.searchParams.get(name) ?? ''),
      );
      const found = tasks
        .filter(({ state }) => state === url.searchParams.get('state'))
        .map(({ task, state, tries, day = '2026-11-05' }) => ({
          dag_id: 'nightly-reports',
          dag_run_id: `scheduled__${day}T02:00:00+00:00`,
          task_id: task,
          map_index: -1,
          try_number: tries,
          max_tries: 2,
          state,
          start_date: `${day}T02:00:00+00:00`,
          end_date: `${day}T02:10:00+00:00`,
        }))
        .filter(({ start_date: at }) => Date.parse(at) >= (from ?? 0) && Date.parse(at) <= (to ?? 0));
      return answer(200, { task_instances: found.slice(offset, offset + limit), total_entries: found.length });
    }
    const [, task = '', tried] = /\/taskInstances\/([^/]+)\/logs\/(\d+)$/.exec(url.pathname) ?? [];
    const one = tasks.find((each) => each.task === decodeURIComponent(task));
    if (one === undefined) return answer(404, { detail: 'no such task' });
    const failed = one.state === 'success' ? one.tries - 1 : one.tries;
    const lines = Number(tried) === failed ? one.log : ['INFO - Task exited with return code 0'];
    const content =
      version === 1 ? lines.join('\n') : lines.map((event) => ({ event, timestamp: '2026-11-05T02:00:01Z' }));
    return answer(200, { content, continuation_token: null });
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const run = (args: readonly string[], environment: Record<string, string> = {}) =>
    runCommand(['import-airflow-logs', ...args], '', undefined, {
      AIRFLOW_BASE_URL: url,
      AIRFLOW_USERNAME: 'ada',
      AIRFLOW_PASSWORD: PASSWORD,
      ...environment,
    });
  return { run, asked, url };
}

const PERIOD = ['--start-date', '2026-11-01', '--end-date', '2026-11-15'];

describe('selfheal airflow import', () => {
  it.each([1, 2] as const)(
    '[D155] [D194] reads failed tasks with their logs over version %i of the REST API, and says of what kind they are',
    async (version) => {
      const { run } = await anAirflow(version);
      const { code, stdout, stderr } = await run([...PERIOD, '--include-failures', '--auto-categorize', '--json']);
      expect([code, stderr]).toEqual([0, '']);
      const found = stdout
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(found.map(({ task, failedTry, recovered }) => [task, failedTry, recovered])).toEqual([
        ['load', 2, false],
        ['extract/all', 1, true],
      ]);
      for (const { class: name, cause } of found) {
        expect(name).toMatch(/^(?:service_unavailability|network_connectivity)$/);
        expect(cause).toContain('Connection refused');
      }
      expect(stdout.toString()).not.toContain(SECRET);
    },
  );

  it('[D155] leaves out what failed for good unless it is asked for, and reads no log where nothing is to be classified', async () => {
    const { run, asked } = await anAirflow(2);
    const { stdout } = await run(PERIOD);
    expect(stdout.toString()).toMatch(/^1 failed task: 1 finished by a later try, 0 failed for good\n/);
    expect(asked.filter((one) => one.includes('/logs/'))).toEqual([]);
  });

  it('writes what a retry resolved so that it can be learned', async () => {
    const { run } = await anAirflow(2);
    const out = join(aFolder(), 'airflow.jsonl');
    const { stdout } = await run([...PERIOD, '--include-failures', '--auto-categorize', '--out', out]);
    expect(stdout.toString()).toContain(`selfheal knowledge learn ${out}`);
    const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    const patterns = join(aFolder(), 'patterns.json');
    const learned = await runCommand(['knowledge', 'learn', out, '--patterns', patterns, '--json']);
    expect([learned.code, JSON.parse(learned.stdout.toString()).records]).toEqual([0, 1]);
  });

  it('reads more tasks than a page has', async () => {
    const many = Array.from({ length: 230 }, (_, at) => ({ task: `t${at}`, state: 'failed', tries: 1, log: [] }));
    const { run, asked } = await anAirflow(2, many);
    const { stdout } = await run([...PERIOD, '--include-failures', '--json']);
    expect(stdout.toString().trimEnd().split('\n')).toHaveLength(230);
    expect(asked.filter((one) => one.endsWith('/taskInstances'))).toHaveLength(4);
  });

  it('says that nothing failed', async () => {
    const { run } = await anAirflow(2, []);
    const { code, stdout } = await run(PERIOD);
    expect([code, stdout.toString()]).toEqual([1, expect.stringContaining('No task of that time failed')]);
  });

  it.each([
    [[], {}, '--start-date DATE is missing'],
    [['--start-date', '2026-02-30'], {}, '--start-date 2026-02-30: expected a day'],
    [['--start-date', '2026-11-15', '--end-date', '2026-11-01'], {}, '--start-date is after --end-date'],
    [PERIOD, { AIRFLOW_PASSWORD: '' }, 'Set AIRFLOW_BASE_URL, AIRFLOW_USERNAME and AIRFLOW_PASSWORD'],
    [PERIOD, { AIRFLOW_BASE_URL: 'airflow' }, '"airflow" is no address'],
    [PERIOD, { AIRFLOW_PASSWORD: 'wrong' }, 'answered 401: set AIRFLOW_USERNAME and AIRFLOW_PASSWORD'],
    [PERIOD, { AIRFLOW_BASE_URL: 'http://127.0.0.1:9' }, 'does not answer: check AIRFLOW_BASE_URL'],
  ])('[D194] refuses %j with %j', async (args, environment, says) => {
    const { run } = await anAirflow(2);
    const { code, stderr } = await run(args, environment as Record<string, string>);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});
