import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { CI_METRICS } from '@selfheal/pull-request-quality/domain/ci-metrics/samples.ts';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { makeOtlpSender } from '#apps/cli/forward/otlp-sender.ts';
import { signIn } from '#lab/drills/approvals.ts';
import { makePushGatewaySink } from '#shared/adapters/http/metric-sinks.ts';
import { runCommand } from '#test/unit/cli/run-command.ts';
import { HOUR, MINUTE, START, usualLines } from '#test/unit/domain/log-watch/made-log.ts';
import { aCluster, aJsonServer } from './support/elasticsearch.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import {
  expressionsOf,
  MONITORING,
  missingPrograms,
  queried,
  rulesOf,
  startPrometheus,
  startPushGateway,
  stopPrograms,
} from './support/prometheus.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
const LEARNED_HOURS = 26;
/** Split, so that no scanner takes it for a real one. */
const SECRET = ['ghp', 'k3J9dLq0ZxV7bN2mW5sT8yR1uC4aE6fH0gP2'].join('_');

let healer: Healer;
let key: string;
beforeAll(async () => {
  healer = await openHealer();
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin']);
  key = await keyWith(['operator']);
});
afterAll(() => healer?.stop());

async function keyWith(roles: readonly string[]): Promise<string> {
  const token = await signIn(healer, 'ada@example.com', PASSWORD);
  const response = await fetch(`${healer.runtime.endpoint}/api/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: `shipper ${roles.join(' ')}`,
      roles,
      expiresAt: new Date(Date.now() + 24 * HOUR).toISOString(),
    }),
  });
  return ((await response.json()) as { text: string }).text;
}

interface Line {
  readonly at: number;
  readonly text: string;
}

const said: string[] = [];
/** Sends as `selfheal log forward` does. */
async function send(lines: readonly Line[], service = 'orders', as = key): Promise<void> {
  const { now } = Date;
  const pause = async () => {};
  const say = (message: string) => void said.push(message);
  const sender = makeOtlpSender({ base: healer.runtime.endpoint, token: async () => as, service, now, pause, say });
  await sender.send(lines.map((line) => ({ service: null, ...line })));
}

interface Listed {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly subject: unknown;
}
async function incidents(): Promise<Listed[]> {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${healer.runtime.endpoint}/api/incidents`, { headers });
  return ((await response.json()) as { incidents: Listed[] }).incidents;
}

it('learns what a service usually writes, opens one incident for what is unusual, and keeps no secret', async () => {
  const end = Date.now();
  for (let hour = LEARNED_HOURS; hour > 0; hour -= 1) {
    const lines = Array.from({ length: 60 }, (_, minute) => {
      const at = end - hour * HOUR + minute * MINUTE;
      return usualLines(Math.floor((at - START) / MINUTE)).map((text) => ({ at, text }));
    }).flat();
    await send(lines);
  }
  await trigger(healer, 'log-watch');
  await healer.quiet();
  expect(await incidents()).toEqual([]);
  const fault = Array.from({ length: 12 }, (_, n) => ({
    at: end,
    text: `ERROR connection to 10.0.0.${n}:5432 refused, token=${SECRET}`,
  }));
  // The same request again, as after a lost answer.
  for (let times = 0; times < 2; times += 1) await send(fault);
  await trigger(healer, 'log-watch');
  await trigger(healer, 'log-watch');
  await until('the incident', async () => (await incidents()).length > 0);
  await healer.quiet();
  const [incident, ...others] = await incidents();
  expect(others).toEqual([]);
  expect(incident?.title).toMatch(/^orders: (?:new error, 12 times|1\d errors) in \d+ minutes/);
  expect(incident).toMatchObject({ severity: 'high', subject: { kind: 'report', service: 'orders' } });
  const report = await healer.evidence.getReport(incident?.id ?? '');
  expect(report?.description).toContain('against its own past at this hour and weekday');
  expect(report?.lines.join('\n')).toContain('refused, token=[redacted:');
  expect(JSON.stringify(report)).not.toContain(SECRET);
  expect(said).toEqual([]);
  expectClean(healer);
});

it('[E2] sets a strange mix of usual messages apart by an isolation forest, and a wording never seen by its words', async () => {
  const usual = [
    ...['accepted the order', 'charged the card', 'sent the receipt', 'loaded the cart', 'refreshed the price'],
    ...['stored the session', 'closed the socket', 'opened the page', 'read the stock', 'queued the parcel'],
  ];
  const firstStrange = 1_501;
  const random = numbersFrom(5);
  const logs = Array.from({ length: 2_000 }, (_, at) => {
    const any = Math.floor(random() * usual.length);
    // Fifty lines of five of the messages alone: each of them is usual by itself.
    const isStrange = at + 1 >= firstStrange && at + 1 < firstStrange + 50;
    return `INFO ${usual[isStrange ? at % 5 : any]} of customer ${at}`;
  });
  logs[1_800] = 'ERROR no space left on device while writing /var/lib/orders/1800.journal';
  const post = async (path: string, given: readonly string[]) => {
    const response = await fetch(`${healer.runtime.endpoint}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ logs: given }),
    });
    return (await response.json()) as unknown;
  };
  const { anomalies } = (await post('/analyze', logs)) as {
    readonly anomalies: readonly { readonly line: number; readonly reason: string }[];
  };
  const mixes = anomalies.filter(({ reason }) => reason === 'unusual-mix').map(({ line }) => line);
  expect(mixes.some((line) => line >= firstStrange && line < firstStrange + 50)).toBe(true);
  expect(anomalies).toContainEqual(expect.objectContaining({ line: 1_801, reason: 'new-template' }));
  // A customer's number makes no new wording.
  expect(anomalies.length).toBeLessThanOrEqual(4);
  expect(await post('/predict', logs.slice(-250))).toMatchObject({ class: 'resource_exhaustion' });
});

it('refuses who may not send, in the words of the protocol', async () => {
  await expect(send([{ at: 0, text: 'x' }], 'orders', 'sh_unknown')).rejects.toThrow(
    'status 401. The API key is not valid.',
  );
  const viewer = await keyWith(['viewer']);
  await expect(send([{ at: 0, text: 'x' }], 'orders', viewer)).rejects.toThrow('needs the role operator');
});

it('counts what CloudWatch Logs sends of a subscribed log group, and lists it as the log of the service', async () => {
  const at = Date.now();
  healer.world.aws.putLogs('/aws/lambda/checkout-api', [
    { at: at - 2, stream: 'a', message: 'START RequestId: 1 Version: 42\n' },
    { at: at - 1, stream: 'a', message: `{"level":"ERROR","message":"payment refused, token=${SECRET}"}\n` },
  ]);
  const read = async (path: string) => {
    const response = await fetch(`${healer.runtime.endpoint}/api${path}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return (await response.json()) as { readonly entries: { readonly text: string; readonly level: string }[] };
  };
  const entries = async () =>
    (await read('/logs/recent?stream=*')).entries.filter(({ text }) => text.includes('refused, token'));
  await until('the line', async () => (await entries()).some(({ text }) => text.includes('payment')));
  expect(await entries()).toContainEqual(
    expect.objectContaining({ source: 'checkout', level: 'error', incident: null }),
  );
  expect(JSON.stringify(await entries())).not.toContain(SECRET);
  const shown = await read('/logs/watched/checkout');
  expect(shown).toMatchObject({ learning: true, anomalies: [], lines: 2 });
});

it('takes events in the format of Splunk', async () => {
  const response = await fetch(`${healer.runtime.endpoint}/services/collector/event`, {
    method: 'POST',
    headers: { authorization: `Splunk ${key}` },
    body: '{"event":"payment failed","source":"tills"}\n{"event":{"message":"paid","level":"info"},"source":"tills"}',
  });
  expect([response.status, await response.json()]).toEqual([200, { text: 'Success', code: 0 }]);
});

/** Reads something of the API as a key with the role viewer. */
async function read(path: string): Promise<string> {
  const viewer = await keyWith(['viewer']);
  const response = await fetch(`${healer.runtime.endpoint}${path}`, { headers: { authorization: `Bearer ${viewer}` } });
  return await response.text();
}

/** A Prometheus with the shipped scrape configuration and rules, and a push gateway with the coverage of a workflow run. */
async function aPrometheus(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-stack-'));
  onTestFinished(async () => {
    await stopPrograms();
    rmSync(folder, { recursive: true, force: true });
  });
  const gateway = await startPushGateway(folder);
  const labels = { repository: 'acme/shop', workflow: 'checks', branch: 'default' };
  await makePushGatewaySink(gateway).send([{ definition: CI_METRICS.coverage, value: 91, labels }], new Date());
  // A scrape may take as long as the interval.
  return await startPrometheus(folder, {
    ...{ api: healer.runtime.endpoint, key: await keyWith(['viewer']), gateway },
    intervalSeconds: 10,
  });
}

const missing = missingPrograms();

it(`[D237] stands beside Elasticsearch, Prometheus and Grafana: forwards and shows the lines of one, and feeds rules and dashboards of the others${missing.length === 0 ? '' : ` (without ${missing.join(', ')}, which this machine lacks)`}`, async () => {
  const at = Date.now() - MINUTE;
  const source = (message: string) => ({ message, service: { name: 'tickets' }, host: { name: 'stage-1' } });
  const { answer, open } = aCluster([
    { at, source: source('INFO sold a ticket') },
    { at: at + 1, source: source(`ERROR no seat is left, token=${SECRET}`) },
  ]);
  const environment = {
    ELASTICSEARCH_URLS: await aJsonServer(answer),
    SELFHEAL_URL: healer.runtime.endpoint,
    SELFHEAL_TOKEN: key,
  };
  const { code, stderr } = await runCommand(['log', 'forward', '--once'], '', COMMANDS, environment, { now: Date.now });
  expect([code, stderr]).toEqual([0, expect.stringContaining('2 lines sent')]);
  expect(open.size).toBe(0);
  const shown = await read('/api/logs/recent?stream=tickets');
  const { entries } = JSON.parse(shown) as { readonly entries: readonly { readonly text: string }[] };
  expect(entries.map(({ text }) => text).toSorted()).toEqual([
    expect.stringMatching(/^ERROR no seat is left, token=\[redacted:/),
    'INFO sold a ticket',
  ]);
  expect(shown).not.toContain(SECRET);
  const listed = await runCommand(['logs', '--service', 'tickets'], '', COMMANDS, environment, { now: Date.now });
  expect(String(listed.stdout)).toMatch(
    /info +tickets +INFO sold a ticket +\(host\.name=stage-1, elasticsearch\.index=logs-1\)\n/,
  );

  const files = readdirSync(MONITORING);
  const dashboards = files.filter((name) => name.startsWith('grafana-'));
  expect(dashboards).toHaveLength(4);
  const scraped = await read('/metrics');
  const names = new Set(scraped.split('\n').map((line) => line.split(/[{ ]/)[0] ?? ''));
  const pushed = (name: string) => name === 'grafana-pull-requests.json';
  for (const name of dashboards.filter((one) => !pushed(one)))
    expect(
      expressionsOf(name).filter((expr) => (expr.match(/selfheal_\w+/g) ?? []).some((one) => names.has(one))),
    ).not.toEqual([]);
  if (missing.length > 0) return;

  const prometheus = await aPrometheus();
  const rules = files.filter((name) => name.endsWith('-alerts.yml')).flatMap(expressionsOf);
  await until('every shipped rule to be evaluated', async () => {
    const healths = [...(await rulesOf(prometheus)).values()];
    return healths.length === rules.length && healths.every((health) => health === 'ok');
  });
  for (const name of dashboards)
    await until(`${name} to show something`, async () => {
      const results = await Promise.all(expressionsOf(name).map((expr) => queried(prometheus, expr)));
      return results.some((result) => result.length > 0);
    });
});
