import * as z from 'zod';
import { CodeBuildBuild } from '#shared/domain/incident/aws-build.ts';
import { consolePage, defineAwsEvents } from '../common/aws-events.ts';

const FAILED: ReadonlySet<string> = new Set(['FAILED', 'FAULT', 'TIMED_OUT']);

/** CodeBuild user guide, "Build notifications input format reference". */
export const codebuild = defineAwsEvents({
  id: 'codebuild',
  title: 'CodeBuild builds',
  pattern: {
    source: ['aws.codebuild'],
    detailType: ['CodeBuild Build State Change'],
    detail: { 'build-status': ['FAILED', 'FAULT', 'TIMED_OUT', 'SUCCEEDED'] },
  },
  detail: z.object({
    'build-status': z.string().max(40),
    'project-name': z.string().min(1).max(255),
    'build-id': z.string().max(2000),
    'additional-information': z
      .object({
        initiator: z.string().max(300).nullish(),
        'source-version': z.string().max(300).nullish(),
        logs: z.object({ 'deep-link': z.string().nullish() }).nullish(),
        phases: z
          .array(
            z.object({
              'phase-type': z.string().max(60),
              'phase-status': z.string().max(40).nullish(),
              'phase-context': z.array(z.string()).nullish(),
            }),
          )
          .nullish(),
      })
      .nullish(),
  }),
  read({ region, detail }) {
    const status = detail['build-status'];
    if (!FAILED.has(status) && status !== 'SUCCEEDED')
      return { ignored: status === 'STOPPED' ? 'state-stopped' : 'state-other' };
    const project = detail['project-name'];
    const about = detail['additional-information'];
    const failed = (about?.phases ?? []).filter((phase) => FAILED.has(phase['phase-status'] ?? ''));
    const phase = failed[0]?.['phase-type'];
    const build = detail['build-id'].split('/').at(-1) ?? '';
    return {
      state: status === 'SUCCEEDED' ? 'resolved' : 'firing',
      severity: 'medium',
      resource: `codebuild/${project}`,
      build: buildOf(project, build, about?.initiator),
      title:
        status === 'SUCCEEDED'
          ? `Build of ${project} succeeded`
          : `Build of ${project} ${status === 'TIMED_OUT' ? 'ran out of time' : 'failed'}${phase === undefined ? '' : ` in ${phase}`}`,
      text: [
        `Build ${build}: ${status}`,
        ...failed.map((one) => `${one['phase-type']}: ${(one['phase-context'] ?? []).join(' ').trim()}`),
        about?.['source-version'] && `Source version: ${about['source-version']}`,
        about?.initiator && `Started by: ${about.initiator}`,
      ],
      url:
        about?.logs?.['deep-link'] ??
        consolePage(
          region,
          `codesuite/codebuild/projects/${encodeURIComponent(project)}/build/${encodeURIComponent(build)}/log`,
        ),
    };
  },
});

/** What may be retried. A build that a pipeline started has the pipeline's artefacts: there the stage is retried, and the pipeline's own event names it. */
function buildOf(project: string, id: string, initiator: string | null | undefined): CodeBuildBuild | undefined {
  if (initiator?.startsWith('codepipeline/') === true || !id.startsWith(`${project}:`)) return undefined;
  const build = id.slice(project.length + 1);
  return CodeBuildBuild.safeParse({ kind: 'codebuild-build', project, build }).data;
}
