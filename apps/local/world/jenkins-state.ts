import { type Collection, makeCollection } from '@selfheal/fake-server/collection.ts';

/** As Jenkins names results: `SUCCESS`, `UNSTABLE`, `FAILURE`, `NOT_BUILT` or `ABORTED`. */
type Result = string;

/** A parameter as a build has it; without a value it is a password, which Jenkins does not show. */
export interface ParameterState {
  readonly name: string;
  readonly value?: string | boolean;
}

interface CommitState {
  readonly commitId: string;
  readonly msg: string;
  readonly author: string;
  readonly affectedPaths: readonly string[];
}

/** Times are milliseconds since the epoch. */
export interface BuildState {
  readonly number: number;
  /** Null while it runs. */
  result: Result | null;
  readonly timestamp: number;
  duration: number;
  readonly parameters: readonly ParameterState[];
  readonly commits: readonly CommitState[];
  /** Id of the user who started it; null: a timer. */
  readonly userId: string | null;
  /** Why it was aborted. */
  readonly interruption: 'user' | 'timeout' | null;
  readonly log: string;
  /** Result that it is going to have, and when. */
  readonly next: { readonly result: Result; readonly at: number } | null;
}

export interface QueueItemState {
  readonly id: number;
  readonly inQueueSince: number;
  readonly parameters: readonly ParameterState[];
  readonly userId: string;
}

/** By its full name. */
export interface JobState {
  readonly fullName: string;
  /** Names of its parameters; empty: it has none. */
  readonly parameters: readonly string[];
  readonly builds: readonly BuildState[];
  readonly queue: readonly QueueItemState[];
  /** Results of builds to come: one entry a build, then success. */
  readonly again: readonly Result[];
}

export interface JenkinsState {
  readonly jobs: Collection<JobState>;
  now(): number;
}

/** How long a build waits before it begins, and how long it takes. */
const QUIET_MS = 100;
const TAKES_MS = 150;

export const makeJenkinsState = (dataDir: string | undefined, now: () => number): JenkinsState => ({
  jobs: makeCollection<JobState>(dataDir, 'jenkins/jobs'),
  now,
});

/** The job as it is now: what waited long enough has begun, and what took long enough has ended. */
export function jobNow({ jobs, now }: JenkinsState, fullName: string): JobState | undefined {
  const job = jobs.get(fullName);
  if (job === undefined) return undefined;
  const due = job.queue.filter(({ inQueueSince }) => inQueueSince + QUIET_MS <= now());
  const again = [...job.again];
  const last = Math.max(0, ...job.builds.map(({ number }) => number));
  const begun = due.map(({ inQueueSince, parameters, userId }, index): BuildState => {
    const timestamp = inQueueSince + QUIET_MS;
    return {
      number: last + 1 + index,
      result: null,
      timestamp,
      duration: 0,
      parameters,
      commits: [],
      userId,
      interruption: null,
      log: `Started by user ${userId}\n`,
      next: { result: again.shift() ?? 'SUCCESS', at: timestamp + TAKES_MS },
    };
  });
  const builds = [...job.builds, ...begun].map((build) =>
    build.next === null || build.next.at > now() ? build : ended(build, build.next),
  );
  const queue = job.queue.filter((item) => !due.includes(item));
  const changed: JobState = { ...job, builds, queue, again };
  jobs.put(fullName, changed);
  return changed;
}

const ended = (build: BuildState, { result, at }: NonNullable<BuildState['next']>): BuildState => ({
  ...build,
  result,
  duration: at - build.timestamp,
  log: `${build.log}Finished: ${result}\n`,
  next: null,
});
