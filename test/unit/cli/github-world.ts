import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Conclusion } from '@selfheal/fake-github/run-state.ts';
import { afterAll, beforeAll } from 'vitest';
import { archiveEntries } from '#apps/local/world/samples/job-log.ts';
import { type FailureKind, shopJobs } from '#apps/local/world/samples/shop-jobs.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';

export interface FailedJobs {
  /** How each job ended, and of what a failed one died. */
  readonly jobs?: Readonly<Record<string, FailureKind | 'passes'>>;
  /** `new` opens one; null: a push to the default branch. */
  readonly pullRequest?: 'new' | number | null;
  readonly workflow?: { id: number; name: string; path: string };
  readonly createdAt?: Date;
  readonly conclusion?: Conclusion;
  /** Printed by every failed job besides its own output. */
  readonly print?: string;
  readonly expired?: boolean;
}

const FAILING: Readonly<Record<FailureKind, string>> = {
  regression: 'unit tests',
  transient: 'unit tests',
  compile: 'build',
  unknown: 'release rehearsal',
};

/** A GitHub over HTTP, one for the file; each call of `repository` gives another repository. */
export function githubWorld() {
  let world: World | undefined;
  let repositories = 0;
  let closed = '';
  beforeAll(async () => {
    world = await startWorld();
    closed = await closedAddress();
  });
  afterAll(() => world?.stop());
  const github = () => {
    if (world === undefined) throw new Error('The world has not started.');
    return world;
  };
  return {
    get world() {
      return github();
    },
    /** Where nothing listens. */
    get closed() {
      return closed;
    },
    repository(): string {
      const name = `acme/shop-${++repositories}`;
      github().github.addRepository(name);
      return name;
    },
    environment: (more: Readonly<Record<string, string>> = {}) => ({
      GITHUB_TOKEN: 'made-up',
      GITHUB_API_URL: github().githubApiUrl,
      ...more,
    }),
    /** A completed run; it failed when one of its jobs did. */
    run(repository: string, spec: FailedJobs = {}) {
      const { jobs = { 'unit tests': 'regression' }, pullRequest = 'new', print, expired = false, ...rest } = spec;
      const { github: control } = github();
      const number = pullRequest === 'new' ? control.addPullRequest(repository).number : pullRequest;
      const logs = Object.entries(jobs).map(([name, kind]) => ({ ...jobOf(kind, print), name }));
      const conclusion = logs.some((job) => job.conclusion === 'failure') ? 'failure' : 'success';
      const start = rest.createdAt ?? new Date(Date.now() - 180_000);
      const { id, headSha } = control.addRun({
        repository,
        pullRequest: number,
        ...(rest.workflow === undefined ? {} : { workflow: rest.workflow }),
        createdAt: start,
        attempts: [
          {
            conclusion: rest.conclusion ?? conclusion,
            jobs: logs,
            archive: expired ? null : archiveEntries(logs, start),
          },
        ],
        rerunMs: 60_000,
      });
      return { id, headSha, repository, pullRequest: number, url: `${github().url}/${repository}/actions/runs/${id}` };
    },
    comments: (repository: string, pullRequest: number | null) =>
      github().github.comments(repository, pullRequest ?? 0),
  };
}

function jobOf(kind: FailureKind | 'passes', print: string | undefined) {
  const jobs = shopJobs(kind === 'passes' ? null : kind, 'a'.repeat(40));
  const job = jobs.find(({ name }) => name === (kind === 'passes' ? 'lint' : FAILING[kind]));
  if (job === undefined) throw new Error(`The shop has no job for ${kind}.`);
  if (print === undefined || job.conclusion !== 'failure') return job;
  const steps = job.steps.map((step) =>
    step.conclusion === 'failure' ? { ...step, text: step.text.replace(/\n(##\[error\])/, `\n${print}\n$1`) } : step,
  );
  return { ...job, steps };
}

/** An address whose port was free a moment ago. `fetch` refuses the well-known ones without trying. */
async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return `http://127.0.0.1:${port}`;
}
