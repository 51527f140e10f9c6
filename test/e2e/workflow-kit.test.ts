import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobResult } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { buildAction } from '../../tools/build-action.ts';
import { aServedApi } from '../unit/cli/served-api.ts';
import { runWorkflow, type WorkflowEnd } from './support/workflow-runner.ts';

const ROOT = join(import.meta.dirname, '../..');
const KIT = join(ROOT, 'examples/workflows/checks.yml');
const REPOSITORY = 'acme/shop';
const TOKEN = ['ghs', '_madeup'].join('');

/** A tool of the build: copies the reports that the case prepared, prints its log, ends as it would. */
const NPX = `#!/usr/bin/env bash
tool="$KIT_TOOLS/$1"
if [ -d "$tool/files" ]; then cp -R "$tool/files/." .; fi
if [ -f "$tool/log" ]; then cat "$tool/log"; fi
exit "$(cat "$tool/exit" 2>/dev/null || echo 0)"
`;

const CART =
  'export function total(prices: number[]): number {\n  return prices.reduce((sum, price) => sum + price, 0);\n}\n';
const CHANGED = `${CART}export function rounded(prices: number[]): number {\n  return Math.round(total(prices));\n}\n`;
const lcov = (uncovered: readonly number[], lines: number): string =>
  `SF:src/cart.ts\n${Array.from({ length: lines }, (_, at) => `DA:${at + 1},${uncovered.includes(at + 1) ? 0 : 1}\n`).join('')}end_of_record\n`;
const junit = (failure: string | null): string =>
  `<testsuites><testsuite name="test/cart.test.ts" tests="2" failures="${failure === null ? 0 : 1}"><testcase classname="test/cart.test.ts" name="adds" time="0.01"/><testcase classname="test/cart.test.ts" name="rounds totals" time="0.02">${failure === null ? '' : `<failure message="${failure}">src/cart.ts:5</failure>`}</testcase></testsuite></testsuites>`;
const sarif = (...rules: readonly string[]): string =>
  JSON.stringify({
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Trivy',
            rules: rules.map((id) => ({ id, properties: { 'security-severity': '9.8', tags: ['vulnerability'] } })),
          },
        },
        results: rules.map((ruleId) => ({
          ruleId,
          level: 'error',
          message: { text: `left-pad has ${ruleId}` },
          locations: [
            { physicalLocation: { artifactLocation: { uri: 'package-lock.json' }, region: { startLine: 4 } } },
          ],
        })),
      },
    ],
  });
const FAILED_LOG = [
  'stdout | test/cart.test.ts',
  ' FAIL  test/cart.test.ts > rounds totals',
  'AssertionError: expected 10.01 to be 10 // Object.is equality',
  ' ❯ src/cart.ts:5:10',
  '##[error]Process completed with exit code 1.',
  '',
].join('\n');

interface Build {
  readonly failure: string | null;
  readonly coverage: string;
  readonly findings: string;
  /** What the tests print when they fail. */
  readonly log?: string;
  /** Further files of the clone. */
  readonly files?: Readonly<Record<string, string>>;
}
/** A module of one's own that is misspelt: the sources confirm the cause. */
const MISSING_IMPORT: Pick<Build, 'log' | 'files'> = {
  log: [
    '=== ERRORS ===',
    'ImportError while importing test module.',
    'app/main.py:2: in <module>',
    '    from app.total import total',
    "E   ModuleNotFoundError: No module named 'app.total'",
    '##[error]Process completed with exit code 2.',
    '',
  ].join('\n'),
  files: {
    'app/main.py': '\nfrom app.total import total\n',
    'app/totals.py': 'def total(): return 1\n',
    'app/__init__.py': '',
  },
};

let world: World;
let folder: string;
let entry: string;
let runs = 100;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-kit-'));
  await buildAction(join(folder, 'built'));
  entry = join(folder, 'built/main.mjs');
  world = await startWorld();
  world.github.setIdentity('workflow');
  world.github.addRepository(REPOSITORY);
  mkdirSync(join(folder, 'bin'));
  for (const name of ['npx', 'npm'])
    writeFileSync(join(folder, 'bin', name), name === 'npx' ? NPX : '#!/usr/bin/env bash\nexit 0\n', { mode: 0o755 });
});
afterAll(async () => {
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
    cwd,
    encoding: 'utf8',
  }).trim();

/** A clone of the shop: its default branch, and for a pull request one commit more. */
function aClone(changed: boolean, files: Readonly<Record<string, string>> = {}): { path: string; base: string } {
  const path = join(folder, `clone-${runs}`);
  mkdirSync(join(path, 'src'), { recursive: true });
  git(path, 'init', '-q', '-b', 'main');
  writeFileSync(join(path, 'src/cart.ts'), CART);
  writeFileSync(join(path, 'Dockerfile'), 'ARG BASE\nFROM $BASE\n');
  writeFileSync(join(path, 'package-lock.json'), '{\n  "name": "shop",\n  "packages": {\n    "left-pad": {}\n  }\n}\n');
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  git(path, 'add', '.');
  git(path, 'commit', '-q', '-m', 'One');
  const base = git(path, 'rev-parse', 'HEAD');
  if (changed) {
    writeFileSync(join(path, 'src/cart.ts'), CHANGED);
    git(path, 'commit', '-q', '-am', 'Two');
  }
  return { path, base };
}

function prepareTools({ failure, coverage, log = FAILED_LOG }: Build): string {
  const tools = join(folder, `tools-${runs}`);
  const put = (path: string, text: string): void => {
    mkdirSync(join(tools, path, '..'), { recursive: true });
    writeFileSync(join(tools, path), text);
  };
  put('eslint/files/out/eslint.json', '[{"filePath":"src/cart.ts","messages":[],"errorCount":0,"warningCount":0}]');
  put('tsc/exit', '0');
  put('vitest/files/out/unit.xml', junit(failure));
  put('vitest/files/coverage/lcov.info', coverage);
  put('vitest/log', failure === null ? 'ok\n' : log);
  put('vitest/exit', failure === null ? '0' : '1');
  return tools;
}

/** Runs the kit for a push to the default branch, or for a pull request. */
async function run(
  build: Build,
  pull: { number: number; headSha: string } | null,
  { fork = false, deployment = null as { readonly url: string; readonly token: string } | null } = {},
) {
  runs += 1;
  const clone = aClone(pull !== null, build.files);
  const repository = { full_name: REPOSITORY, default_branch: 'main' };
  const event =
    pull === null
      ? { repository }
      : {
          repository,
          pull_request: {
            number: pull.number,
            head: { sha: pull.headSha, repo: { full_name: fork ? 'somebody/shop' : REPOSITORY } },
            base: { sha: clone.base, ref: 'main', repo: { full_name: REPOSITORY } },
          },
        };
  const eventFile = join(folder, `event-${runs}.json`);
  writeFileSync(eventFile, JSON.stringify(event));
  const name = pull === null ? 'push' : 'pull_request';
  const { id: runId } = world.github.addRun({
    repository: REPOSITORY,
    event: name,
    pullRequest: pull?.number ?? null,
    attempts: [{ conclusion: 'success', jobs: [{ name: 'test', conclusion: 'success' }], archive: null }],
  });
  const ref = pull === null ? 'refs/heads/main' : `refs/pull/${pull.number}/merge`;
  mkdirSync(join(folder, 'caches'), { recursive: true });
  const end = await runWorkflow({
    workflow: KIT,
    action: { file: join(ROOT, 'action.yml'), entry },
    checkout: clone.path,
    folder: join(folder, `run-${runs}`),
    caches: join(folder, 'caches'),
    github: {
      event_name: name,
      ref,
      run_id: runId,
      run_attempt: 1,
      repository: REPOSITORY,
      sha: clone.base,
      actor: 'acme-dev',
      workflow: 'checks',
      token: TOKEN,
      event,
    },
    environment: {
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      KIT_TOOLS: prepareTools(build),
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: world.githubApiUrl,
      GITHUB_SERVER_URL: world.url,
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_EVENT_NAME: name,
      GITHUB_EVENT_PATH: eventFile,
      GITHUB_REF: ref,
      GITHUB_REF_NAME: pull === null ? 'main' : `${pull.number}/merge`,
      GITHUB_BASE_REF: pull === null ? '' : 'main',
      GITHUB_SHA: clone.base,
      GITHUB_RUN_ID: String(runId),
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_WORKFLOW: 'checks',
    },
    standIns: {
      'aquasecurity/trivy-action': async (workspace) => {
        mkdirSync(join(workspace, 'out'), { recursive: true });
        writeFileSync(join(workspace, 'out/trivy.sarif'), build.findings);
      },
      'anchore/scan-action': async (workspace) =>
        writeFileSync(
          join(workspace, 'out/grype.json'),
          '{"matches":[],"descriptor":{"name":"grype","version":"0.110.0"}}',
        ),
    },
    ...(deployment === null
      ? {}
      : { vars: { SELFHEAL_URL: deployment.url }, secrets: { SELFHEAL_TOKEN: deployment.token } }),
    neverRun: ['Sign'],
    leg: ({ os = 'ubuntu-24.04' }) => os === 'ubuntu-24.04',
  });
  return end;
}

const GOOD: Build = { failure: null, coverage: lcov([], 6), findings: sarif() };
const outcomesOf = ({ steps }: WorkflowEnd): string[] =>
  steps
    .filter(({ outcome }) => outcome === 'failure')
    .map(({ job, step, log }) => `${job}: ${step}: ${log.trim().split('\n').slice(-3).join(' | ')}`);
const resultsOf = ({ artifacts }: WorkflowEnd): Record<string, string> =>
  Object.fromEntries(
    globSync('*/selfheal-results/*.json', { cwd: artifacts }).map((path) => {
      const { job, status } = JobResult.parse(JSON.parse(readFileSync(join(artifacts, path), 'utf8')));
      return [job, status];
    }),
  );

describe('the workflow kit, step by step against the local GitHub', () => {
  it('[B98] [B91] begins a baseline with the first run of the default branch', async () => {
    const end = await run(GOOD, null);
    expect(outcomesOf(end)).toEqual([]);
    expect(resultsOf(end)).toMatchObject({ lint: 'passed', security: 'passed', 'gates (gate)': 'passed' });
    expect(globSync('**/*', { cwd: join(folder, 'caches') }).length).toBeGreaterThan(0);
  });

  it('[B88] is green for a green pull request: one comment, one check, no job failed', async () => {
    const pull = world.github.addPullRequest(REPOSITORY, { title: 'Round totals' });
    const end = await run(GOOD, pull);
    expect(outcomesOf(end)).toEqual([]);
    const comments = world.github.comments(REPOSITORY, pull.number);
    expect(comments).toHaveLength(1);
    expect(world.github.checkRuns(REPOSITORY, pull.headSha)).toMatchObject([{ conclusion: 'success' }]);
  });

  it('[B6] [B7] [B8] [B86] is red for a red pull request, and says on it what, where and why', async () => {
    const pull = world.github.addPullRequest(REPOSITORY, { title: 'Round totals wrongly' });
    const red: Build = {
      failure: 'expected 10.01 to be 10',
      coverage: lcov([1, 2, 4, 5], 6),
      findings: sarif('CVE-2026-1', 'CVE-2026-2', 'CVE-2026-3'),
    };
    const end = await run(red, pull);
    expect(end.jobs).toMatchObject({
      lint: { result: 'success' },
      test: { result: 'failure' },
      gates: { result: 'failure' },
      triage: { result: 'success', outputs: { has_flaky_tests: expect.stringMatching(/true|false/) } },
    });
    const [comment] = world.github.comments(REPOSITORY, pull.number);
    expect(comment?.body).toContain('rounds totals');
    for (const words of ['src/cart.ts', '`coverage`', 'Findings: 3 critical', 'lines 4', 'Failed in 2 jobs'])
      expect(comment?.body).toContain(words);
    expect(comment?.body).not.toContain('left no result');
    // The early job chose no files of tests, so it ran all of them, which failed: its result and its end differ.
    expect(comment?.body.match(/Another step of the job failed[^|]*/g)).toEqual([
      expect.stringMatching(/Test files to run|All test files run/),
    ]);
    expect(world.github.checkRuns(REPOSITORY, pull.headSha)).toMatchObject([{ conclusion: 'failure' }]);
    const files = globSync('**/*', { cwd: end.artifacts });
    for (const file of ['triage_report.json', 'error_report.json', 'architecture_report.md', 'cache.txt'])
      expect(
        files.filter((path) => path.endsWith(file)),
        file,
      ).toHaveLength(1);
    expect(resultsOf(end)).toMatchObject({ early: 'passed', 'gates (gate)': 'failed', triage: 'passed' });

    const mended = await run(GOOD, pull);
    expect(outcomesOf(mended)).toEqual([]);
    const [green, ...others] = world.github.comments(REPOSITORY, pull.number);
    expect([green?.id, others]).toEqual([comment?.id, []]);
    const [headline] = (green?.body ?? '').split('\n').filter((line) => line.startsWith('###'));
    expect(headline).toMatch(/^### ✅ All \d+ jobs passed$/);
    expect(green?.body).not.toContain('rounds totals');
    expect(world.github.checkRuns(REPOSITORY, pull.headSha).at(-1)).toMatchObject({ conclusion: 'success' });
  });

  it('[B5] hands a sure failure over in the same run, whose fix the deployment tries when the run has ended', async () => {
    const { url } = await aServedApi({
      configure: (one) =>
        ({
          ...one,
          github: { ...one.github, defaultMode: 'act', repositories: [] },
          fixes: {
            ...one.fixes,
            repositories: [{ name: REPOSITORY, patches: true, sandboxWorkflow: null, reverts: false, issues: false }],
          },
        }) as never,
    });
    const failing: Build = { ...GOOD, failure: 'No module named app.total', ...MISSING_IMPORT };
    const pull = world.github.addPullRequest(REPOSITORY, { title: 'Import what is not there' });
    const end = await run(failing, pull, { deployment: { url, token: 'operator' } });
    expect(end.jobs.triage?.outputs).toMatchObject({ hand_over: 'hand-over' });
    expect(end.jobs.auto_fix).toMatchObject({ result: 'success' });
    const handedOver = end.steps.find(({ step }) => step === 'Hand the failure over');
    expect(handedOver?.log).toMatch(/opens the incident of run \d+ .* tries a fix then by itself/);

    const unsure = await run({ ...failing, files: {} }, pull, { deployment: { url, token: 'operator' } });
    expect(unsure.jobs.triage?.outputs).toMatchObject({ hand_over: 'keep' });
    expect(unsure.jobs.auto_fix).toMatchObject({ result: 'skipped' });
  });

  it('keeps the scan of the default branch, with which a pull request is compared', async () => {
    const caches = globSync('*/*', { cwd: join(folder, 'caches') });
    for (const kept of ['architecture', 'metrics', 'state'])
      expect(
        caches.some((path) => path.includes(`selfheal-${kept}-`)),
        kept,
      ).toBe(true);
    const pull = world.github.addPullRequest(REPOSITORY, { title: 'Scanned' });
    const end = await run(GOOD, pull);
    const scan = end.steps.find(({ step }) => step === 'Scan the architecture');
    expect(scan?.log).toContain('default branch: ');
    const push = await run(GOOD, null);
    const [page = ''] = globSync('**/ci_insights.md', { cwd: push.artifacts });
    expect(readFileSync(join(push.artifacts, page), 'utf8')).toMatch(/\b2 runs\b/);
  });

  it('lists what was never run, because it needs Docker, a registry or the network', async () => {
    const end = await run(GOOD, null);
    const never = end.steps.filter(({ outcome }) => outcome === 'never-run').map(({ step }) => step);
    expect([...new Set(never)].sort()).toEqual([
      'Attest the SBOM',
      'Attest the provenance',
      'Build and push',
      'SBOM',
      'Sign',
      'docker/login-action',
      'docker/setup-buildx-action',
      'docker/setup-qemu-action',
      'sigstore/cosign-installer',
    ]);
  });

  it('[B89] reads and judges a pull request from a fork without keys, and writes to the page of the job alone', async () => {
    const pull = world.github.addPullRequest(REPOSITORY, { title: 'From a fork' });
    const end = await run(GOOD, pull, { fork: true });
    expect(outcomesOf(end)).toEqual([]);
    expect(world.github.comments(REPOSITORY, pull.number)).toEqual([]);
    const [feedback] = end.steps.filter(({ step }) => step === 'Build times and feedback');
    expect(feedback?.log).toContain('fork');
  });

  it('[B89] fails nothing while GitHub is down', async () => {
    const pull = world.github.addPullRequest(REPOSITORY, { title: 'While GitHub is down' });
    world.github.setRemaining(0);
    const end = await run(GOOD, pull);
    world.github.setRemaining(5000);
    expect(outcomesOf(end)).toEqual([]);
  });
});
