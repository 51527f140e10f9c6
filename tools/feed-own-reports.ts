import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { startWorld } from '#apps/local/world/world.ts';
import { buildAction } from './build-action.ts';

const ROOT = join(import.meta.dirname, '..');
/** Where Vitest leaves the JUnit reports of this checkout's suites. */
const REPORTS = '.selfheal/reports/*.junit.xml';
const REPOSITORY = 'acme/selfheal';

/**
 * Sends the test reports of this checkout through the built Action, as a step of a pull request on the local GitHub would, and prints the comment
 * that it writes there. Exit code: that of the step. A report that is missing or damaged fails it; what Selfheal itself cannot do does not.
 */
async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-own-'));
  const world = await startWorld();
  try {
    await buildAction(join(folder, 'action'));
    world.github.setIdentity('workflow');
    world.github.addRepository(REPOSITORY);
    const pull = world.github.addPullRequest(REPOSITORY, { title: 'This checkout', branch: 'checkout' });
    const sha = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
    const repo = { full_name: REPOSITORY };
    const event = {
      repository: { ...repo, default_branch: 'main' },
      pull_request: { number: pull.number, head: { sha: pull.headSha, repo }, base: { sha, ref: 'main', repo } },
    };
    mkdirSync(join(folder, 'runner'));
    writeFileSync(join(folder, 'runner/event.json'), JSON.stringify(event));
    const step = spawn(process.execPath, [join(folder, 'action/main.mjs')], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH ?? '',
        INPUT_TASK: 'report, gate, feedback',
        INPUT_REPORTS: REPORTS,
        INPUT_METRICS: `duration.tests=${secondsOfSuites()}`,
        INPUT_RESULTS: relative(ROOT, join(folder, 'results')),
        INPUT_STATE: relative(ROOT, join(folder, 'state')),
        'INPUT_FAIL-ON': 'none',
        INPUT_TOKEN: ['ghs', 'of_the_local_github'].join('_'),
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: world.githubApiUrl,
        GITHUB_SERVER_URL: world.url,
        GITHUB_REPOSITORY: REPOSITORY,
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_EVENT_PATH: join(folder, 'runner/event.json'),
        GITHUB_BASE_REF: 'main',
        GITHUB_SHA: sha,
        GITHUB_RUN_ID: '1',
        GITHUB_RUN_ATTEMPT: '1',
        GITHUB_WORKFLOW: 'ci',
        GITHUB_WORKSPACE: ROOT,
        GITHUB_STEP_SUMMARY: join(folder, 'runner/summary.md'),
        GITHUB_OUTPUT: join(folder, 'runner/output'),
      },
    });
    let log = '';
    step.stdout.on('data', (piece: Buffer) => {
      log += piece.toString();
    });
    const [code] = (await once(step, 'close')) as [number | null];
    const [comment] = world.github.comments(REPOSITORY, pull.number);
    console.log(comment?.body ?? `No comment was written:\n${log}`);
    return code ?? 1;
  } finally {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How long the suites took together, as their reports say. */
function secondsOfSuites(): number {
  const reports = globSync(REPORTS, { cwd: ROOT }).map((path) => readFileSync(join(ROOT, path), 'utf8').slice(0, 1000));
  return reports.reduce((sum, text) => sum + Number(/<testsuites[^>]* time="([\d.]+)"/.exec(text)?.[1] ?? 0), 0);
}

process.exit(await main());
