import type { EffectsJournal } from '@selfheal/fake-server/journal.ts';
import { type Service, serviceBelow } from '@selfheal/fake-server/wire.ts';
import { answerJenkins, html, JENKINS_PREFIX, type JenkinsUser } from './jenkins-api.ts';
import { type BuildState, type JobState, jobNow, makeJenkinsState } from './jenkins-state.ts';

/** A build that has ended, unless its result is null. */
export interface BuildSpec
  extends Partial<Pick<BuildState, 'result' | 'parameters' | 'commits' | 'userId' | 'interruption' | 'log'>> {
  /** Full name; the job is new if there is none yet. */
  readonly job: string;
  /** How long ago it ended; just now by default. */
  readonly minutesAgo?: number;
  /** Results of the builds after it; success after those. */
  readonly again?: JobState['again'];
}

export interface JenkinsControl {
  /** Gives its number. */
  addBuild(spec: BuildSpec): number;
  removeBuild(job: string, number: number): void;
  removeJob(job: string): void;
  /** Only this user may sign in from now on. Null: everybody may do everything. */
  requireSignIn(user: JenkinsUser | null): void;
  /** The server is away until it is told that it is back. */
  setAway(isAway: boolean): void;
  job(job: string): JobState | undefined;
}

interface JenkinsContext {
  readonly journal: EffectsJournal;
  readonly dataDir: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A fake of the part of Jenkins' remote access API that is called. Other requests get its 404. */
export function makeLocalJenkins({ journal, dataDir, now }: JenkinsContext): {
  readonly service: Service;
  readonly control: JenkinsControl;
} {
  const state = makeJenkinsState(dataDir, now);
  const access: { user: JenkinsUser | null; isAway: boolean } = { user: null, isAway: false };
  return {
    service: serviceBelow(JENKINS_PREFIX, {
      service: 'jenkins',
      perform: (request) => answerJenkins(request, { state, journal, access }),
      fail: (status) => html(status, 'The server failed.'),
    }),
    control: {
      addBuild({ job: fullName, minutesAgo = 0, again, ...spec }) {
        const known = jobNow(state, fullName) ?? { fullName, parameters: [], builds: [], queue: [], again: [] };
        const number = 1 + Math.max(0, ...known.builds.map((one) => one.number));
        const duration = 60_000;
        const build: BuildState = {
          number,
          result: 'FAILURE',
          timestamp: now() - 60_000 * minutesAgo - duration,
          duration,
          parameters: [],
          commits: [],
          userId: null,
          interruption: null,
          log: '',
          next: null,
          ...spec,
        };
        const names = build.parameters.map(({ name }) => name);
        const parameters = names.length > 0 ? names : known.parameters;
        state.jobs.put(fullName, {
          ...known,
          parameters,
          builds: [...known.builds, build],
          again: again ?? known.again,
        });
        return number;
      },
      removeBuild(fullName, number) {
        const job = jobNow(state, fullName);
        if (job === undefined) throw new Error(`The local Jenkins has no job ${fullName}.`);
        state.jobs.put(fullName, { ...job, builds: job.builds.filter((one) => one.number !== number) });
      },
      removeJob: (fullName) => state.jobs.remove(fullName),
      requireSignIn(user) {
        access.user = user;
      },
      setAway(isAway) {
        access.isAway = isAway;
      },
      job: (fullName) => jobNow(state, fullName),
    },
  };
}
