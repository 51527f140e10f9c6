import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { githubWorld } from './github-world.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';
import { aServedApi } from './served-api.ts';

const github = githubWorld();

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A server that takes requests and answers with these statuses, then with 202. */
async function aPlatform(...statuses: number[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method = '', url = '', headers } = request;
    received.push({ method, url, headers, body: Buffer.concat(pieces).toString() });
    response.writeHead(statuses.shift() ?? 202).end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => void server.close(() => done())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

function aPlace() {
  const folder = aFolder();
  const out = join(folder, 'ci_metrics', 'run_metrics.json');
  const state = join(folder, 'state');
  const run = async (args: readonly string[], environment: Readonly<Record<string, string>>) => {
    const { code, stdout, stderr } = await runCommand([...args, '--state', state], '', COMMANDS, environment, {
      now: () => Date.now(),
    });
    return { code, stdout: stdout.toString(), stderr };
  };
  const metrics = (run_: number, environment: Readonly<Record<string, string>>, ...args: string[]) =>
    run(['ci', 'metrics', '--run', String(run_), '--out', out, ...args], environment);
  return { out, state, run, metrics, artifact: () => JSON.parse(readFileSync(out, 'utf8')) };
}

describe('ci metrics', () => {
  it('[B43] [B44] [B45] [B46] [B48] [B49] [B52] reads a run from GitHub and writes the artifact', async () => {
    const repository = github.repository();
    const { id } = github.run(repository, { jobs: { lint: 'passes', 'unit tests': 'regression' } });
    const place = aPlace();
    const environment = { ...github.environment(), GITHUB_REPOSITORY: repository };
    const report = aFile('SF:a.ts\nDA:1,1\nDA:2,1\nDA:3,1\nDA:4,0\nend_of_record\n', 'lcov.info');
    const { code, stdout } = await place.metrics(
      id,
      environment,
      '--coverage',
      report,
      '--fix-confidence',
      '0.93',
      '--flaky',
      'false',
      '--json',
    );
    expect(code).toBe(0);
    expect(place.artifact()).toMatchObject({
      workflow_run_id: id,
      metrics: {
        coverage_pct: 75,
        ai_fix_confidence: 0.93,
        has_flaky_tests: false,
        rerun_count: 0,
        build_duration_seconds: 170,
        queue_time_seconds: 0,
      },
      job_statuses: { lint: 'success', test: 'failure' },
    });
    expect(JSON.parse(stdout)).toEqual(place.artifact());
    const { runs } = JSON.parse(readFileSync(join(place.state, 'runs.json'), 'utf8'));
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({
      run: id,
      isDefaultBranch: false,
      status: 'failure',
      pullRequest: expect.any(Number),
    });
  });

  it('[B47] counts the vulnerabilities of a scan by severity, in the file, the state and on the terminal', async () => {
    const repository = github.repository();
    const { id } = github.run(repository);
    const place = aPlace();
    const counts = ['--metric', 'vulnerabilities.critical=1', '--metric', 'vulnerabilities.high=4'];
    const { code, stdout } = await place.metrics(id, github.environment(), '--repo', repository, ...counts);
    expect(code).toBe(0);
    expect(place.artifact().metrics).toMatchObject({ vulnerabilities_critical: 1, vulnerabilities_high: 4 });
    expect(stdout).toMatch(/^vulnerabilities_critical: 1\nvulnerabilities_high: 4$/m);
    const { runs } = JSON.parse(readFileSync(join(place.state, 'runs.json'), 'utf8'));
    expect(runs[0].vulnerabilities).toEqual({ critical: 1, high: 4 });
    const other = github.run(repository);
    await place.metrics(other.id, github.environment(), '--repo', repository);
    expect(place.artifact().metrics).toMatchObject({ vulnerabilities_critical: null, vulnerabilities_high: null });
  });

  it('[B44] measures how long jobs waited for a runner', async () => {
    const repository = github.repository();
    const control = github.world.github;
    const job = (name: string, queuedMs: number) => ({ name, conclusion: 'success' as const, steps: [], queuedMs });
    const { id } = control.addRun({
      repository,
      pullRequest: null,
      createdAt: new Date(Date.now() - 180_000),
      attempts: [{ conclusion: 'success', jobs: [job('lint', 4_000), job('tests', 42_000)], archive: null }],
      rerunMs: 1000,
    });
    const place = aPlace();
    await place.metrics(id, github.environment(), '--repo', repository);
    expect(place.artifact().metrics.queue_time_seconds).toBe(42);
  });

  it('[B90] says that no platform is configured, and goes on', async () => {
    const repository = github.repository();
    const { id } = github.run(repository);
    const place = aPlace();
    const { code, stderr } = await place.metrics(id, github.environment(), '--repo', repository);
    expect(code).toBe(0);
    expect(stderr).toContain('no monitoring platform is configured (DATADOG_API_KEY, PROMETHEUS_GATEWAY)');
    expect(existsSync(place.out)).toBe(true);
  });

  it('[B50] [B51] sends the metrics to Datadog and to a push gateway', async () => {
    const [datadog, gateway] = [await aPlatform(500), await aPlatform()];
    const repository = github.repository();
    const { id } = github.run(repository);
    const key = ['made', 'up'].join('-');
    const { code, stderr } = await aPlace().metrics(
      id,
      github.environment({ DATADOG_API_KEY: key, DD_SITE: datadog.url, PROMETHEUS_GATEWAY: `${gateway.url}/base/` }),
      ...['--repo', repository, '--metric', 'coverage=88.5'],
    );
    expect(code).toBe(0);
    expect(stderr).toContain('the metrics were sent to Datadog.');
    expect(stderr).toContain('the metrics were sent to Prometheus push gateway.');
    expect(datadog.received).toHaveLength(2);
    const [request] = datadog.received.slice(1);
    expect(request).toMatchObject({
      method: 'POST',
      url: '/api/v2/series',
      headers: { 'dd-api-key': key, 'content-type': 'application/json' },
    });
    const { series } = JSON.parse(request?.body ?? '');
    expect(series).toContainEqual(
      expect.objectContaining({
        metric: 'selfheal.ci.coverage_percent',
        points: [{ timestamp: expect.any(Number), value: 88.5 }],
      }),
    );
    const [push] = gateway.received;
    expect(push?.method).toBe('PUT');
    expect(push?.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const parts = push?.url.split('/') ?? [];
    expect(parts.slice(0, 6)).toEqual(['', 'base', 'metrics', 'job', 'selfheal_ci', 'repository@base64']);
    expect(Buffer.from(parts[6] ?? '', 'base64url').toString()).toBe(repository);
    expect(parts[9]).toBe('branch@base64');
    expect(Buffer.from(parts[10] ?? '', 'base64url').toString()).toBe('pull-request');
    expect(push?.body).toMatch(/^# TYPE selfheal_ci_coverage_percent gauge\nselfheal_ci_coverage_percent 88\.5\n/m);
    expect(push?.body).not.toContain('repository=');
  });

  it('[B90] breaks no build when a platform refuses, is away, or GitHub is', async () => {
    const datadog = await aPlatform(403);
    const repository = github.repository();
    const { id } = github.run(repository);
    const place = aPlace();
    const away = github.environment({
      DATADOG_API_KEY: 'made-up',
      DD_SITE: datadog.url,
      PROMETHEUS_GATEWAY: github.closed,
    });
    const { code, stderr } = await place.metrics(id, away, '--repo', repository);
    expect(code).toBe(0);
    expect(stderr).toContain('Datadog refused the metrics: status 403');
    expect(stderr).toContain('The Prometheus push gateway cannot be reached');
    const missing = await place.metrics(id + 999_999, github.environment(), '--repo', repository);
    expect(missing.code).toBe(0);
    expect(missing.stderr).toContain('could not be read, so nothing was recorded');
  });

  it.each([
    [['--fix-confidence', '1.5'], 'expected a number from 0 to 1'],
    [['--flaky', 'perhaps'], 'expected true or false'],
    [['--coverage', '/nowhere/lcov.info'], '/nowhere/lcov.info: no such file'],
    [['--metric', 'vulnerabilities.high=-2'], 'it cannot be negative'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await aPlace().metrics(1, github.environment(), '--repo', 'acme/shop', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('ci insights', () => {
  it('[B54] [B55] [B58] [B95] [B97] [A56] writes the report from kept runs, reactions and merged fixes', async () => {
    const repository = github.repository();
    const control = github.world.github;
    const place = aPlace();
    const { id, pullRequest } = github.run(repository, { jobs: { lint: 'passes' } });
    const call = async (method: string, path: string, body: unknown) => {
      const response = await fetch(`${github.world.githubApiUrl}/repos/${repository}${path}`, {
        method,
        headers: { authorization: 'Bearer made-up', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(response.ok).toBe(true);
      return (await response.json()) as { id: number };
    };
    const comment = await call('POST', `/issues/${pullRequest}/comments`, {
      body: 'Found it. <!-- selfheal:made-up -->',
    });
    await call('POST', `/issues/comments/${comment.id}/reactions`, { content: 'rocket' });
    for (const [at, [commits, merged]] of (
      [
        [1, true],
        [2, true],
        [1, false],
      ] as const
    ).entries()) {
      const fix = control.addPullRequest(repository, { branch: `autofix-20261120-12000${at}`, commits });
      await call('POST', `/issues/${fix.number}/labels`, { labels: ['autofix-bot'] });
      control.closePullRequest(repository, fix.number, merged);
    }
    // Undecided, and somebody's own: neither is a suggestion that people took or refused.
    for (const branch of ['autofix-20261120-130000', 'autofix-20261120-130001']) {
      const open = control.addPullRequest(repository, { branch });
      await call('POST', `/issues/${open.number}/labels`, { labels: ['autofix-bot'] });
    }
    const own = control.addPullRequest(repository, { branch: 'feature' });
    control.closePullRequest(repository, own.number, true);
    const environment = github.environment();
    await place.metrics(id, environment, '--repo', repository);
    const out = join(aFolder(), 'ci_insights.md');
    const { code, stdout } = await place.run(
      ['ci', 'insights', '--repo', repository, '--out', out, '--json'],
      environment,
    );
    expect(code).toBe(0);
    const insights = JSON.parse(stdout);
    const kpis = Object.fromEntries(
      insights.kpis.map((one: { id: string; measured: string }) => [one.id, one.measured]),
    );
    expect(insights).toMatchObject({ runs: 1, succeeded: 1, reactions: { positive: 1, negative: 0 } });
    expect(kpis['unchanged-fixes']).toBe('33 % (1 of 3)');
    expect(kpis.adoption).toBe('67 % (2 of 3)');
    expect(kpis['response-time']).toContain("not measured: Selfheal's API was not asked");
    expect(readFileSync(out, 'utf8')).toContain('# CI insights');
    expect(readFileSync(out, 'utf8')).toMatch(/Suggested fixes that people took.*67 % \(2 of 3\)/);
  });

  it('[A53] [A54] [A55] reads the figures of incidents from the API', async () => {
    const { url } = await aServedApi();
    const { code, stdout } = await aPlace().run(
      ['ci', 'insights', '--out', '-', '--url', url, '--token', 'viewer'],
      {},
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/\| Failures that were recognised \| > 90 % \| (?:\d+ % \(|no incident yet)/);
    expect(stdout).not.toContain("Selfheal's API was not asked");
  });

  it('refuses runs that were edited by hand, and a survey that cannot be', async () => {
    const place = aPlace();
    mkdirSync(place.state);
    writeFileSync(join(place.state, 'runs.json'), '{"version":1,"runs":[{"run":-1}]}');
    const broken = await place.run(['ci', 'insights', '--out', '-'], {});
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain('The runs document runs is not valid at runs.0');
    expect((await place.run(['ci', 'insights', '--survey', '6'], {})).code).toBe(2);
  });
});
