import { digestOf } from '@selfheal/kernel/digest.ts';
import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { buildResourceOf, CodeBuildBuild } from '#shared/domain/incident/aws-build.ts';
import { UNKNOWN_IMPACT } from '#shared/domain/plan/candidates.ts';
import type { BuildReader, ProjectBuild } from '#shared/ports/builds.ts';
import { retriedNames, retryCase } from '../common/build-retry.ts';
import { jobSchedule } from '../common/job-schedule.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import {
  type ActionPlugin,
  type ActionPorts,
  defineAction,
  type Grant,
  type Observation,
  type Verification,
} from '../contract.ts';

const Parameters = z.strictObject({
  service: z.string().regex(/^[a-z0-9-]{1,60}$/),
  build: CodeBuildBuild,
  /** When the build failed, ISO 8601: what began earlier does not repeat it. */
  since: z.iso.datetime({ offset: true }),
});
type Parameters = z.infer<typeof Parameters>;

export const CODEBUILD_RETRY = 'codebuild-retry';

const SAMPLE: Parameters = {
  service: 'shop',
  build: { kind: 'codebuild-build', project: 'shop-images', build: '5e1f4ea1-0000-4000-8000-000000000001' },
  since: '2026-01-01T00:00:00.000Z',
};
/** A new build is listed at once. */
const SHOWS_WITHIN_SECONDS = 30;
const FAILED: ReadonlySet<ProjectBuild['status']> = new Set(['FAILED', 'FAULT', 'TIMED_OUT']);

/** The action, where a service allows that one of its CodeBuild projects is retried; otherwise nothing. */
export function codebuildActions(configuration: Pick<Configuration, 'services'>): ActionPlugin<Parameters>[] {
  return retriedNames(configuration, 'codebuild').length > 0 ? [codebuildRetry] : [];
}

const idOf = ({ project, build }: CodeBuildBuild): string => `${project}:${build}`;

/**
 * Starts a failed build again with its own parameters, once. RetryBuild takes nothing but the build, so a role that has the right can start nothing else.
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_RetryBuild.html
 */
const codebuildRetry = defineAction<Parameters>({
  id: CODEBUILD_RETRY,
  title: 'Start a CodeBuild build again',
  family: 'builds',
  risk: 'medium',
  // A build may do anything.
  impact: UNKNOWN_IMPACT,
  forJobs: true,
  repeat: { kind: 'harmful', showsWithinSeconds: SHOWS_WITHIN_SECONDS },
  parameters: Parameters,
  sample: SAMPLE,
  propose: (context) => {
    const found = retryCase(CODEBUILD_RETRY, context);
    if (found?.build.kind !== 'codebuild-build') return [];
    const { build, service, since, confidence, reason } = found;
    return [{ parameters: { service, build, since }, confidence, reason }];
  },
  describe: ({ build }) =>
    `Starts the build ${build.build} of the CodeBuild project ${build.project} again with the same parameters. A source version that is a branch may be newer now.`,
  describeUndo: () => 'A build cannot be taken back: what it does is done again.',
  targetKey: ({ build }) => buildResourceOf(build),
  grants: (configuration) => {
    const resources = retriedNames(configuration, 'codebuild').map(
      (project) => `arn:\${Partition}:codebuild:\${Region}:\${Account}:project/${project}`,
    );
    if (resources.length === 0) return { execute: [], observe: [], undo: [] };
    const observe: Grant[] = [{ actions: ['codebuild:BatchGetBuilds', 'codebuild:ListBuildsForProject'], resources }];
    return { execute: [{ actions: ['codebuild:RetryBuild'], resources }, ...observe], observe, undo: [] };
  },
  schedule: jobSchedule,
  observe,
  execute: async ({ build, since }, { builds, buildRetries, clock }) => {
    const objection = objectionTo(build, await builds.build(idOf(build)));
    if (objection !== null) throw new Refused(objection);
    const started = await buildRetries.retryBuild(idOf(build), digestOf(`${idOf(build)} ${since}`, 64));
    return makeReceipt(`Started build ${idOf(build)} again as ${started}.`, clock.now(), { build: started });
  },
  verify: async ({ build }, { facts }, { ports, poll }) => {
    const latest = await ports.builds.latestBuilds(build.project);
    return verificationOf(build, latest.find(({ id }) => id === facts.build) ?? null, poll);
  },
});

async function observe({ build, since }: Parameters, { builds, clock }: ActionPorts): Promise<Observation> {
  const failed = await builds.build(idOf(build));
  const objection = objectionTo(build, failed);
  if (objection !== null) return { kind: 'superseded', reason: objection };
  const repeated = await repetitionOf(build, since, builds);
  if (repeated === null) return { kind: 'not-started' };
  const summary = `Build ${repeated.id} repeats build ${idOf(build)}.`;
  return { kind: 'happened', receipt: makeReceipt(summary, clock.now(), { build: repeated.id }) };
}

/** Why a build cannot be started again as it was, or null. */
function objectionTo(build: CodeBuildBuild, failed: ProjectBuild | null): string | null {
  const named = `Build ${idOf(build)}`;
  if (failed === null) return `${named} is not there any more.`;
  if (failed.project !== build.project) return `${named} belongs to the project ${failed.project}.`;
  if (!FAILED.has(failed.status)) return `${named} is ${failed.status}: only a failed build is started again.`;
  if (failed.initiator.startsWith('codepipeline/'))
    return `${named} was started by a pipeline, whose artefacts it built: retry the stage there.`;
  return failed.isPartOfBatch ? `${named} is part of a batch: start the batch again in CodeBuild.` : null;
}

/** The first build after the failed one that builds the same, whoever started it; null: there is none. */
async function repetitionOf(
  build: CodeBuildBuild,
  since: string,
  builds: Pick<BuildReader, 'build' | 'latestBuilds'>,
): Promise<ProjectBuild | null> {
  const latest = await builds.latestBuilds(build.project);
  const failed = latest.find(({ id }) => id === idOf(build)) ?? (await builds.build(idOf(build)));
  if (failed === null) return null;
  const isLater = (one: ProjectBuild) =>
    one.id !== failed.id && one.startedAt.getTime() >= Date.parse(since) && one.built === failed.built;
  return latest.findLast(isLater) ?? null;
}

function verificationOf(build: CodeBuildBuild, started: ProjectBuild | null, poll: number): Verification {
  if (started === null) {
    return poll < 2
      ? { state: 'pending', summary: `The new build of ${build.project} is not there yet.` }
      : {
          state: 'failed',
          summary: `The new build of ${build.project} is none of the latest ones.`,
          inconclusive: true,
        };
  }
  const { id, status } = started;
  const facts = { build: id };
  if (status === 'IN_PROGRESS') return { state: 'pending', summary: `Build ${id} is running.`, facts };
  if (status === 'SUCCEEDED') return { state: 'recovered', summary: `Build ${id} succeeded.`, facts };
  const summary = `Build ${id} ended with ${status}.`;
  return { state: 'failed', summary, facts, ...(status === 'STOPPED' ? { inconclusive: true } : {}) };
}
