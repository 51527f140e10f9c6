import type { AwsEvent } from '@selfheal/fake-aws/alarm-events.ts';
import type { AwsControl, FireAlarmOptions } from '@selfheal/fake-aws/control.ts';
import type { ServiceId } from '@selfheal/fake-aws/state.ts';
import type { GithubControl } from '@selfheal/fake-github/control.ts';
import type { Conclusion, RunState } from '@selfheal/fake-github/run-state.ts';
import type { AttemptSpec } from '@selfheal/fake-github/seeding.ts';
import type { Files } from '@selfheal/fake-github/state.ts';
import { type DeliveryState, shaOf } from '@selfheal/fake-github/state.ts';
import { DAY, type WorldTime } from '@selfheal/fake-server/world-time.ts';
import { present } from '@selfheal/kernel/present.ts';
import { applyPatch } from '@selfheal/patch-guard/apply-patch.ts';
import { readDiff } from '@selfheal/patch-guard/read-diff.ts';
import { SANDBOX_TEST_STEP } from '@selfheal/patch-guard/sandbox-run.ts';
import { archiveEntries, type JobLog } from './job-log.ts';
import { changesOf, failureOf, firstFiles } from './shop-changes.ts';
import { type FailureKind, shopJobs } from './shop-jobs.ts';

export interface FailRunOptions {
  /** Default `acme/shop`. */
  readonly repository?: string;
  /** `new` (default) opens a pull request, a number names an existing one, null means a push to the default branch. */
  readonly pullRequest?: 'new' | number | null;
  /** How the re-run ends. By default a transient failure passes and every other one fails again. */
  readonly rerun?: 'success' | 'failure';
  /** Milliseconds a re-run takes. Default 2000. */
  readonly rerunMs?: number;
  /** Milliseconds from a request to cancel until the run has ended. Default 50. */
  readonly cancelMs?: number;
  /** Raw bytes instead of the log archive (hostile ones), or null for an expired log. */
  readonly archive?: Buffer | null;
  /** Which webhooks to send: only `workflow_run` completed (default), all of the run, or none. */
  readonly deliver?: 'completed' | 'all' | 'none';
  /** Number of older successful runs on the default branch to add as a baseline, once per repository. Default 3. */
  readonly greenRuns?: number;
  readonly workflow?: { id: number; name: string; path: string };
  readonly branch?: string;
  readonly title?: string;
}

export interface FailedRun {
  readonly repository: string;
  readonly runId: number;
  readonly pullRequest: number | null;
  readonly run: RunState;
  /** The deliveries of the webhooks; resolves when all have been answered. */
  readonly delivered: Promise<DeliveryState[]>;
}

export interface Samples {
  /** Lets a workflow run of the shop fail. */
  failRun(kind: FailureKind, options?: FailRunOptions): FailedRun;
  /** Raises an alarm of the sample cloud. */
  fireAlarm(service: ServiceId, options?: FireAlarmOptions): AwsEvent;
}

export function makeSamples(github: GithubControl, aws: AwsControl, time: WorldTime): Samples {
  github.setPushRuns(({ repository, sha, files }) =>
    repository === 'acme/shop' ? attempt(shopJobs(failureOf(files), sha), new Date(time.now())) : null,
  );
  github.setDispatchedRuns(({ inputs }, filesAt) => sandboxed(inputs, filesAt(inputs.base_sha ?? '')));
  return {
    failRun(kind, options = {}) {
      const { repository = 'acme/shop', rerun = kind === 'transient' ? 'success' : 'failure', greenRuns = 3 } = options;
      github.addRepository(repository);
      if (github.runs(repository).length === 0) addGreenRuns(github, repository, greenRuns, time.now());
      const pullRequest = pullRequestFor(github, repository, options);
      const headSha = shaOf(`${repository} ${kind} ${pullRequest} ${performance.now()}`);
      const startedAt = new Date(time.now() - 180_000);
      github.addCommit({
        repository,
        sha: headSha,
        message: options.title ?? 'Round totals per line',
        author: 'acme-dev',
        at: new Date(startedAt.getTime() - 60_000).toISOString(),
        pullRequest,
        files: changesOf(kind),
      });
      const failed = attempt(shopJobs(kind, headSha), startedAt);
      const again = rerun === 'success' ? attempt(shopJobs(null, headSha), new Date(time.now())) : failed;
      const { archive, branch, title, workflow, rerunMs, cancelMs } = options;
      const run = github.addRun({
        repository,
        pullRequest,
        headSha,
        createdAt: startedAt,
        attempts: [archive === undefined ? failed : { ...failed, archive }, again],
        ...present({ rerunMs, cancelMs, branch, title, workflow }),
      });
      const delivered = deliver(github, run.id, options.deliver ?? 'completed');
      return { repository, runId: run.id, pullRequest, run, delivered };
    },
    fireAlarm: (service, options) => aws.fireAlarm(service, options),
  };
}

/** The result of the sandbox workflow of the user guide: applies a change to the shop and runs the tests. */
function sandboxed({ patch = '' }: Readonly<Record<string, string>>, files: Files): AttemptSpec {
  const read = readDiff(Buffer.from(patch, 'base64').toString('utf8'));
  const modes = new Map(Object.keys(files).map((path) => [path, '100644']));
  const tree = { modes, contentOf: (path: string) => files[path] ?? null };
  const applied = read.kind === 'read' ? applyPatch(read.changes, tree) : null;
  const changed =
    applied?.kind === 'applied' ? Object.fromEntries(applied.files.map(({ path, after }) => [path, after])) : null;
  const passed = changed !== null && failureOf({ ...files, ...changed }) === null;
  const conclusion: Conclusion = passed ? 'success' : 'failure';
  const steps =
    changed === null
      ? [{ name: 'Apply the change without a network', conclusion }]
      : [{ name: SANDBOX_TEST_STEP, conclusion }];
  return { conclusion, jobs: [{ name: 'try', conclusion, steps }], archive: null };
}

function pullRequestFor(github: GithubControl, repository: string, options: FailRunOptions): number | null {
  const { pullRequest = 'new', title, branch } = options;
  if (pullRequest !== 'new') return pullRequest;
  return github.addPullRequest(repository, present({ title, branch })).number;
}

function attempt(jobs: readonly JobLog[], start: Date): AttemptSpec {
  const conclusion: Conclusion = jobs.some((job) => job.conclusion === 'failure') ? 'failure' : 'success';
  return { conclusion, jobs, archive: archiveEntries(jobs, start) };
}

/** Adds successful runs on the default branch, one for each of the last `count` days. */
function addGreenRuns(github: GithubControl, repository: string, count: number, now: number): void {
  for (let daysAgo = count; daysAgo > 0; daysAgo -= 1) {
    const headSha = shaOf(`${repository} green ${daysAgo}`);
    const jobs = shopJobs(null, headSha).map(({ name, conclusion, steps }) => ({ name, conclusion, steps }));
    const createdAt = new Date(now - daysAgo * DAY);
    const files = daysAgo === count ? firstFiles() : [];
    const message = daysAgo === count ? 'Carts, discounts and stock' : 'Tidy the notes';
    const at = createdAt.toISOString();
    github.addCommit({ repository, sha: headSha, message, author: 'acme-dev', at, pullRequest: null, files });
    // Only the newest run still has its logs.
    const archive = daysAgo === 1 ? archiveEntries(shopJobs(null, headSha), createdAt) : null;
    github.addRun({ repository, headSha, createdAt, attempts: [{ conclusion: 'success', jobs, archive }] });
  }
}

async function deliver(
  github: GithubControl,
  runId: number,
  which: 'completed' | 'all' | 'none',
): Promise<DeliveryState[]> {
  if (which === 'none') return [];
  if (which === 'completed') return github.announceRun(runId, 'completed');
  const started = [github.announceRun(runId, 'requested'), github.announceRun(runId, 'in_progress')];
  const ended = [github.announceJobs(runId), github.announceRun(runId, 'completed')];
  return (await Promise.all([...started, ...ended])).flat();
}
