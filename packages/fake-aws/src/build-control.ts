import { randomUUID } from 'node:crypto';
import type { ActionState, BuildState, ExecutionState } from './build-state.ts';
import { buildEvent } from './codebuild.ts';
import { executionEvent, putExecution } from './codepipeline.ts';
import type { AwsContext } from './operation.ts';
import type { LogEvent } from './state.ts';

interface FailedBuild {
  readonly project: string;
  /** Lines of its log, in the log group of the project. */
  readonly log?: readonly string[];
  readonly again?: BuildState['again'];
  readonly initiator?: string;
  readonly sourceVersion?: string;
  readonly logGroup?: string;
  readonly batch?: boolean;
}

interface FailedPipeline {
  readonly pipeline: string;
  /** The project of the action that failed. */
  readonly project: string;
  readonly log?: readonly string[];
  readonly again?: ExecutionState['again'];
  /** What failed in place of a build. */
  readonly action?: Pick<ActionState, 'category' | 'provider' | 'summary'>;
}

export interface BuildControl {
  /** A build failed a moment ago; gives its id and its event, which is not sent. */
  failBuild(failed: FailedBuild): { readonly id: string; readonly event: ReturnType<typeof buildEvent> };
  /** The stage `Build` of a new execution failed a moment ago; gives the execution and its event, which is not sent. */
  failPipeline(failed: FailedPipeline): {
    readonly execution: string;
    readonly event: ReturnType<typeof executionEvent>;
  };
  builds(project: string): readonly BuildState[];
}

const COMMIT = '4f2a9c1'.repeat(6).slice(0, 40);
/** How long ago it ended. */
const ENDED_MS = 20;

export function makeBuildControl(
  { cloud }: Pick<AwsContext, 'cloud'>,
  putLogs: (group: string, events: readonly LogEvent[]) => void,
): BuildControl {
  const addBuild = ({ project, log = [], again = [], ...rest }: FailedBuild): BuildState => {
    const stream = randomUUID();
    const {
      initiator = 'GitHub-Hookshot/4f2a9c1',
      sourceVersion = 'main',
      logGroup = `/aws/codebuild/${project}`,
    } = rest;
    const now = cloud.time.now();
    const build: BuildState = {
      ...{ id: `${project}:${stream}`, project, result: 'FAILED', initiator, sourceVersion, again },
      number: 1 + cloud.builds.all().filter((one) => one.project === project).length,
      ...{ startedAt: now - 1000, endsAt: now - ENDED_MS, commit: COMMIT, variables: { STAGE: 'eu' } },
      ...{ batch: rest.batch === true, token: '', log: { group: logGroup, stream } },
    };
    cloud.builds.put(build.id, build);
    const before = cloud.logs.get(logGroup) ?? [];
    const events = log.map((message, index) => ({ at: build.startedAt + index, stream, message: `${message}\n` }));
    putLogs(logGroup, [...before, ...events]);
    return build;
  };
  return {
    failBuild(failed) {
      const build = addBuild(failed);
      return { id: build.id, event: buildEvent(cloud, build) };
    },
    failPipeline({ pipeline, project, log = [], again = [], action }) {
      const build = addBuild({ project, log, initiator: `codepipeline/${pipeline}` });
      const execution = randomUUID();
      const now = cloud.time.now();
      const run = (change: Partial<ActionState>): ActionState => ({
        ...{
          id: randomUUID(),
          stage: 'Source',
          action: 'Checkout',
          category: 'Source',
          provider: 'CodeStarSourceConnection',
        },
        ...{ result: 'Succeeded', startedAt: now - 2000, endsAt: now - 1500, externalId: COMMIT, summary: '' },
        ...change,
      });
      const failed = run({
        ...{ stage: 'Build', action: 'Images', category: 'Build', provider: 'CodeBuild', result: 'Failed' },
        ...{ startedAt: now - 1000, endsAt: now - ENDED_MS, externalId: build.id },
        ...{ summary: 'Build terminated with state: FAILED' },
        ...action,
      });
      putExecution({ cloud }, { pipeline, execution, startedAt: now - 2000, again, actions: [run({}), failed] });
      return { execution, event: executionEvent(cloud, { pipeline, execution, result: 'Failed' }) };
    },
    builds: (project) =>
      cloud.builds
        .all()
        .filter((one) => one.project === project)
        .sort((one, other) => one.number - other.number),
  };
}
