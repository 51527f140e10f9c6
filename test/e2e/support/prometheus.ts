import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { until } from './until.ts';

export const MONITORING = join(import.meta.dirname, '../../../config/monitoring');
const PROGRAMS = ['prometheus', 'prometheus-alertmanager', 'prometheus-pushgateway'] as const;
type Program = (typeof PROGRAMS)[number];

/** Programs of Debian's packages that this machine lacks. */
export const missingPrograms = (): Program[] =>
  PROGRAMS.filter((program) => spawnSync(program, ['--version']).status !== 0);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}

const running: ChildProcess[] = [];

/** Starts a program on a port of its own and waits until it says that it is ready. */
async function start(program: Program, folder: string, args: (address: string) => readonly string[]): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, args(address), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
  await until(`${program} to be ready`, async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${said.slice(-2000)}`);
    return await fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return `http://${address}`;
}

/** Ends whatever was started here. */
export async function stopPrograms(): Promise<void> {
  await Promise.all(
    running.splice(0).map(
      (child) =>
        new Promise<void>((done) => {
          if (child.exitCode !== null) return done();
          child.once('exit', () => done());
          child.kill('SIGTERM');
        }),
    ),
  );
}

export const startPushGateway = (folder: string): Promise<string> =>
  start('prometheus-pushgateway', folder, (address) => [`--web.listen-address=${address}`]);

/** An Alertmanager that tells one webhook with a bearer token of what begins and ends, at once. */
export async function startAlertmanager(
  folder: string,
  { url, secret }: { readonly url: string; readonly secret: string },
): Promise<string> {
  const file = join(folder, 'alertmanager.yml');
  const webhook = { url, send_resolved: true, http_config: { authorization: { credentials: secret } } };
  writeFileSync(
    file,
    stringify({
      route: {
        receiver: 'selfheal',
        group_by: ['alertname'],
        group_wait: '1s',
        group_interval: '1s',
        repeat_interval: '1h',
      },
      receivers: [{ name: 'selfheal', webhook_configs: [webhook] }],
    }),
  );
  return await start('prometheus-alertmanager', folder, (address) => [
    `--config.file=${file}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
    `--storage.path=${join(folder, 'alertmanager')}`,
  ]);
}

interface Scrape {
  /** Address of the deployment. */
  readonly api: string;
  readonly key: string;
  readonly gateway: string;
  /** Other targets, as `host:port`. */
  readonly services?: readonly string[];
  readonly alertmanager?: string;
  /** Rules beside the shipped ones. */
  readonly rules?: readonly object[];
  /** Between scrapes, and between evaluations of the rules. Default 1. */
  readonly intervalSeconds?: number;
}

interface ScrapeJob {
  readonly job_name: string;
  readonly authorization?: object;
}

/** A Prometheus with the shipped scrape configuration and rules; only places, scheme and intervals are this machine's. */
export async function startPrometheus(folder: string, scrape: Scrape): Promise<string> {
  const shipped = parse(readFileSync(join(MONITORING, 'prometheus-scrape.yml'), 'utf8')) as {
    scrape_configs: ScrapeJob[];
    rule_files: string[];
  };
  const key = join(folder, 'key');
  writeFileSync(key, scrape.key, { mode: 0o600 });
  const own = join(folder, 'rules.yml');
  writeFileSync(own, stringify({ groups: [{ name: 'test', rules: scrape.rules ?? [] }] }));
  const hostOf = (address: string): string => new URL(address).host;
  const targets = (host: string) => [{ targets: [host] }];
  const interval = `${scrape.intervalSeconds ?? 1}s`;
  const jobs = shipped.scrape_configs.map((job) => ({
    ...job,
    scheme: 'http',
    scrape_interval: interval,
    ...(job.authorization === undefined ? {} : { authorization: { credentials_file: key } }),
    static_configs: targets(hostOf(job.job_name === 'selfheal' ? scrape.api : scrape.gateway)),
  }));
  const config = {
    global: { scrape_interval: interval, evaluation_interval: interval },
    scrape_configs: [
      ...jobs,
      ...(scrape.services ?? []).map((host) => ({ job_name: 'service', static_configs: targets(host) })),
    ],
    rule_files: [...shipped.rule_files.map((name) => join(MONITORING, name)), own],
    ...(scrape.alertmanager === undefined
      ? {}
      : { alerting: { alertmanagers: [{ static_configs: targets(hostOf(scrape.alertmanager)) }] } }),
  };
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, stringify(config));
  return await start('prometheus', folder, (address) => [
    `--config.file=${file}`,
    `--web.listen-address=${address}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
  ]);
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
  };
}

/** What Prometheus answers to an expression; throws for one that it refuses. */
export async function queried(prometheus: string, expr: string): Promise<Answer['data']['result']> {
  const response = await fetch(`${prometheus}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query: expr }),
  });
  const { status, error, data } = (await response.json()) as Answer;
  if (status !== 'success') throw new Error(`Prometheus refuses ${expr}: ${error}`);
  return data.result;
}

/** Names of the rules that Prometheus has loaded, each with whether it could be evaluated: `unknown` until it was, then `ok` or `err`. */
export async function rulesOf(prometheus: string): Promise<ReadonlyMap<string, string>> {
  const { data } = (await (await fetch(`${prometheus}/api/v1/rules`)).json()) as {
    readonly data: { readonly groups: readonly { readonly rules: readonly { name: string; health: string }[] }[] };
  };
  return new Map(data.groups.flatMap(({ rules }) => rules.map(({ name, health }) => [name, health])));
}

/** Expressions of a dashboard or rule file, without Grafana's variables. */
export function expressionsOf(name: string): string[] {
  const text = readFileSync(join(MONITORING, name), 'utf8');
  if (name.endsWith('.yml')) {
    const { groups = [] } = parse(text) as { groups?: { rules: { expr: string }[] }[] };
    return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
  }
  const { panels } = JSON.parse(text) as { panels: { targets: { expr: string }[] }[] };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$repository', '.+')));
}
