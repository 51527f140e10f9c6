import { randomUUID } from 'node:crypto';
import { BUILD_MS, type BuildState } from './build-state.ts';
import { type AwsContext, AwsError, list, type Operation, pageBy, secondsOf, text } from './operation.ts';

/** Its tokens hold for five minutes (CodeBuild API Reference, RetryBuild). */
const TOKEN_MS = 300_000;
const FINISHED_PHASES = ['SUBMITTED', 'QUEUED', 'PROVISIONING', 'DOWNLOAD_SOURCE', 'INSTALL', 'PRE_BUILD'] as const;

const isRunning = ({ cloud }: AwsContext, { endsAt }: BuildState): boolean => cloud.time.now() < endsAt;

function present(context: AwsContext, build: BuildState): object {
  const { cloud } = context;
  const running = isRunning(context, build);
  const { id, project, result, startedAt, endsAt, log } = build;
  return {
    id,
    arn: `arn:aws:codebuild:${cloud.region}:${cloud.account}:build/${id}`,
    buildNumber: build.number,
    projectName: project,
    buildStatus: running ? 'IN_PROGRESS' : result,
    buildComplete: !running,
    currentPhase: running ? 'BUILD' : 'COMPLETED',
    startTime: startedAt / 1000,
    ...(running ? {} : { endTime: endsAt / 1000 }),
    sourceVersion: build.sourceVersion,
    resolvedSourceVersion: build.commit,
    initiator: build.initiator,
    ...(build.batch
      ? { buildBatchArn: `arn:aws:codebuild:${cloud.region}:${cloud.account}:build-batch/${project}:1` }
      : {}),
    environment: {
      type: 'LINUX_CONTAINER',
      image: 'aws/codebuild/standard:7.0',
      computeType: 'BUILD_GENERAL1_SMALL',
      environmentVariables: Object.entries(build.variables).map(([name, value]) => ({
        name,
        value,
        type: 'PLAINTEXT',
      })),
    },
    logs: { groupName: log.group, streamName: log.stream },
    phases: FINISHED_PHASES.map((phaseType) => ({ phaseType, phaseStatus: 'SUCCEEDED' })),
  };
}

const batchGetBuilds: Operation = (context, input) => {
  const ids = list(input.ids);
  if (ids.length === 0 || ids.length > 100) throw invalid('1 to 100 ids are needed.');
  const found = ids.flatMap((id) => context.cloud.builds.get(id) ?? []);
  const known = new Set(found.map(({ id }) => id));
  return { builds: found.map((one) => present(context, one)), buildsNotFound: ids.filter((id) => !known.has(id)) };
};

const listBuildsForProject: Operation = ({ cloud }, input) => {
  const project = text(input.projectName);
  const own = cloud.builds.all().filter((one) => one.project === project);
  if (own.length === 0) throw notFound(`Project ${project} not found`);
  const sorted = own.sort((one, other) => one.number - other.number);
  const page = pageBy(text(input.sortOrder) === 'ASCENDING' ? sorted : sorted.reverse(), input.nextToken, 100);
  return { ids: page.items.map(({ id }) => id), ...(page.next === undefined ? {} : { nextToken: page.next }) };
};

const retryBuild: Operation = (context, input) => {
  const { cloud } = context;
  const id = text(input.id);
  const token = text(input.idempotencyToken);
  const failed = cloud.builds.get(id);
  if (failed === undefined) throw notFound(`Build ${id} not found`);
  const before = cloud.builds
    .all()
    .find((one) => token !== '' && one.token === `${token} ${id}` && cloud.time.now() - one.startedAt < TOKEN_MS);
  if (before !== undefined) return { build: present(context, before) };
  if (isRunning(context, failed)) throw invalid(`Build ${id} is in progress.`);
  if (failed.initiator.startsWith('codepipeline/'))
    throw invalid(`Project ${failed.project} has a source of CodePipeline: retry the stage.`);
  const [result = 'SUCCEEDED', ...again] = failed.again;
  const started = beginBuild(context, { ...failed, result, again, token: `${token} ${id}`, initiator: 'selfheal' });
  context.journal.record('codebuild.build.started', failed.project, { repeats: id });
  return { build: present(context, started) };
};

/** Adds a build that runs for a moment, and tells of its end. */
function beginBuild(context: AwsContext, like: BuildState): BuildState {
  const { cloud } = context;
  const stream = randomUUID();
  const build: BuildState = {
    ...like,
    id: `${like.project}:${stream}`,
    number: 1 + cloud.builds.all().filter(({ project }) => project === like.project).length,
    startedAt: cloud.time.now(),
    endsAt: cloud.time.now() + BUILD_MS,
    log: { ...like.log, stream },
  };
  cloud.builds.put(build.id, build);
  context.after(BUILD_MS, () => buildEvent(context.cloud, build));
  return build;
}

/** CodeBuild user guide, "Build notifications input format reference". */
export function buildEvent(
  { account, region, time }: Pick<AwsContext['cloud'], 'account' | 'region' | 'time'>,
  { id, project, result, log, initiator, sourceVersion }: BuildState,
) {
  const arn = `arn:aws:codebuild:${region}:${account}:build/${id}`;
  const phase = { 'phase-type': 'BUILD', 'phase-status': result, 'phase-context': [': exit status 1'] };
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'CodeBuild Build State Change',
    source: 'aws.codebuild',
    account,
    region,
    time: secondsOf(time),
    resources: [arn],
    detail: {
      'build-status': result,
      'project-name': project,
      'build-id': arn,
      'current-phase': 'COMPLETED',
      'additional-information': {
        'build-complete': true,
        initiator,
        'source-version': sourceVersion,
        logs: { 'group-name': log.group, 'stream-name': log.stream },
        phases: result === 'SUCCEEDED' ? [] : [phase],
      },
      version: '1',
    },
  };
}

const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', 400, message);
const invalid = (message: string): AwsError => new AwsError('InvalidInputException', 400, message);

export const CODEBUILD_OPERATIONS: Readonly<Record<string, Operation>> = {
  BatchGetBuilds: batchGetBuilds,
  ListBuildsForProject: listBuildsForProject,
  RetryBuild: retryBuild,
};
