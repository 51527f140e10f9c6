import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { githubWorld } from '../../cli/github-world.ts';
import { aFile, aFolder } from '../../cli/run-command.ts';
import { copyProduct } from './product-copy.ts';

const SIGNATURE = `signatures:
  - id: warehouse-asleep
    title: The warehouse is asleep
    class: service_unavailability
    verdict: infrastructure
    chance: may-pass
    confidence: 0.97
    pattern: 'The warehouse of (?<town>\\w+) is asleep'
    examples:
      matches: ['The warehouse of Ulm is asleep', 'error: The warehouse of Bonn is asleep']
      rejects: ['The warehouse is awake', 'The warehouse of Ulm is full']
    advice:
      rootCause: 'The warehouse sleeps[ ({town})].'
      fix: 'Wait until it is awake.'
      prevention: 'Build at day.'
`;
const METRIC = `
  jobs: define('job_count', 'item', 'Jobs of the run.', ({ jobs }) => jobs.length),`;
const PLATFORM = `
  {
    id: 'scoreboard',
    title: 'Scoreboard',
    variable: 'SCOREBOARD_URL',
    connect: async (url) => ({
      name: 'Scoreboard',
      send: async (samples) => void (await fetch(url, { method: 'POST', body: JSON.stringify(samples) })),
    }),
  },`;

const github = githubWorld();
let product: ReturnType<typeof copyProduct>;
let platform: Server;
let address: string;
const received: { readonly path: string; readonly body: string }[] = [];

/** A copy of the command line with one of each added, and a server that keeps what it is sent, and refuses to be a model. */
beforeAll(async () => {
  product = copyProduct([
    'package.json',
    'tsconfig.json',
    'shared',
    'packages',
    'apps',
    'functions',
    'config',
    'statemachines',
    'infra',
  ]);
  product.write('shared/data/signatures/warehouses.yaml', SIGNATURE);
  product.insert('shared/data/prompts/code.md', '', 'Say first which shelf the test looked at.\n');
  product.insert(
    'packages/pull-request-quality/src/domain/ci-metrics/samples.ts',
    'export const CI_METRICS = {',
    METRIC,
  );
  product.insert(
    'apps/workbench/ci-metrics/metric-platforms.ts',
    'METRIC_PLATFORMS: readonly MetricPlatform[] = [',
    PLATFORM,
  );
  platform = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    received.push({ path: request.url ?? '', body: Buffer.concat(pieces).toString() });
    response.writeHead(request.url === '/scores' ? 200 : 400).end('{}');
  });
  await new Promise<void>((done) => platform.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;
}, 120_000);
afterAll(() => {
  platform?.close();
  product?.remove();
});

function selfheal(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return new Promise<{ readonly stdout: string; readonly stderr: string }>((done) => {
    const program = [join(product.tree, 'apps/cli/main.ts'), ...args];
    const { PATH, HOME } = process.env;
    const options = { cwd: aFolder(), env: { PATH, HOME, ...environment }, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, program, options, (_error, stdout, stderr) => done({ stdout, stderr }));
  });
}

it('[B106] lists one more of each kind that is added as a file or a line', async () => {
  const { stdout } = await selfheal(['plugins', '--json']);
  const points = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; add: string; entries: { id: string; title: string }[] });
  const idsOf = (kind: string) => points.find((one) => one.kind === kind)?.entries.map(({ id }) => id);
  expect(idsOf('triage')).toContain('warehouses');
  expect(idsOf('prompt')).toContain('testing');
  expect(idsOf('metric')).toContain('selfheal_ci_job_count');
  expect(idsOf('metric platform')).toContain('scoreboard');
  expect(idsOf('channel')).toContain('teams');
  expect(points).toHaveLength(10);
  for (const { add, entries } of points) {
    expect(add).toMatch(/^(?:a file|an entry|a folder) in /);
    expect(entries.length).toBeGreaterThan(0);
  }
});

it('[B106] takes the class and the words of a triage from a file that is added', async () => {
  const log = aFile('2026-11-27T10:00:00Z ##[error]The warehouse of Ulm is asleep\n', 'job.log');
  const { stdout } = await selfheal(['log', 'classify', log, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ class: 'service_unavailability', signature: 'warehouse-asleep' });
});

it('[B106] asks a language model by a prompt that is added', async () => {
  const repository = github.repository();
  const { id } = github.run(repository);
  const environment = github.environment({ OLLAMA_URL: address, OLLAMA_MODEL: 'made-up' });
  await selfheal(['analyze', '--repo', repository, '--run', String(id), '--model', 'ollama'], environment);
  const asked = received.filter(({ path }) => path.includes('chat'));
  expect(asked.length).toBeGreaterThan(0);
  expect(asked[0]?.body).toContain('which shelf the test looked at');
});

it('[B106] measures by a metric that is added, and sends it to a platform that is added', async () => {
  const repository = github.repository();
  const { id } = github.run(repository, { jobs: { lint: 'passes', 'unit tests': 'passes' } });
  const environment = github.environment({ GITHUB_REPOSITORY: repository, SCOREBOARD_URL: `${address}/scores` });
  const { stdout, stderr } = await selfheal(['ci', 'metrics', '--run', String(id), '--state', aFolder()], environment);
  expect(stdout).toContain('job_count: 2\n');
  expect(stderr).toContain('the metrics were sent to Scoreboard.');
  const scores = received.find(({ path }) => path === '/scores')?.body ?? '[]';
  expect(JSON.parse(scores)).toContainEqual(
    expect.objectContaining({ definition: expect.objectContaining({ name: 'selfheal_ci_job_count' }), value: 2 }),
  );
});
