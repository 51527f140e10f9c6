import * as z from 'zod';

/** Name of a CodeBuild project; it stands in ARNs, so nothing that IAM reads as a pattern fits. */
const BuildProject = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{1,149}$/, 'Must be the name of a project');
/** Name of a pipeline of CodePipeline; the same holds. */
const PipelineName = z.string().regex(/^[A-Za-z0-9.@_-]{1,100}$/, 'Must be the name of a pipeline');
/** Name of a stage of a pipeline. */
export const StageName = z.string().regex(/^[A-Za-z0-9.@_-]{1,100}$/, 'Must be the name of a stage');
const Id = z.string().regex(/^[0-9A-Za-z-]{1,100}$/);

/** One build of a CodeBuild project that somebody or a webhook started, not a pipeline. */
export const CodeBuildBuild = z.strictObject({
  kind: z.literal('codebuild-build'),
  project: BuildProject,
  /** The id without the name of its project: a UUID. */
  build: Id,
});
export type CodeBuildBuild = z.infer<typeof CodeBuildBuild>;

/** One execution of a pipeline: its source revisions stay the same however often a stage of it is retried. */
export const PipelineExecution = z.strictObject({
  kind: z.literal('pipeline-execution'),
  pipeline: PipelineName,
  execution: Id,
});
export type PipelineExecution = z.infer<typeof PipelineExecution>;

/**
 * A failed build of AWS. Set by the source of an event that AWS alone can send, from its identifiers; never from a text. So, other than the rest of an
 * event, it may bind an action, which reads the build again before it does anything.
 */
export const AwsBuild = z.discriminatedUnion('kind', [CodeBuildBuild, PipelineExecution]);
export type AwsBuild = z.infer<typeof AwsBuild>;

/** What owners list under `resources` and `retries`: `codebuild/checkout-images`, `codepipeline/shop-release`. */
export const BuildResource = z
  .string()
  .refine(
    (name) =>
      (name.startsWith('codebuild/') && BuildProject.safeParse(name.slice('codebuild/'.length)).success) ||
      (name.startsWith('codepipeline/') && PipelineName.safeParse(name.slice('codepipeline/'.length)).success),
    'Must name a CodeBuild project or a pipeline, such as codebuild/checkout-images or codepipeline/shop-release',
  );

/** How the configuration names what was built; also the key of what an action changes. */
export function buildResourceOf(build: AwsBuild): string {
  switch (build.kind) {
    case 'codebuild-build':
      return `codebuild/${build.project}`;
    case 'pipeline-execution':
      return `codepipeline/${build.pipeline}`;
    default:
      return build satisfies never;
  }
}

/** Names of one kind among resources of a configuration: of `codebuild` the projects. Names that IAM could read as a pattern are left out. */
export function namesOfBuilds(resources: readonly string[], kind: 'codebuild' | 'codepipeline'): string[] {
  const names = resources.filter((one) => one.startsWith(`${kind}/`) && BuildResource.safeParse(one).success);
  return [...new Set(names.map((one) => one.slice(kind.length + 1)))];
}

/** Log group into which CodeBuild writes the builds of a project, unless the project says otherwise. */
export const buildLogGroup = (project: string): string => `/aws/codebuild/${project}`;
