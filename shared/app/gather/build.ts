import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import {
  type AwsBuild,
  buildLogGroup,
  type CodeBuildBuild,
  namesOfBuilds,
  type PipelineExecution,
} from '#shared/domain/incident/aws-build.ts';
import type { BuildReader, PipelineAction } from '#shared/ports/builds.ts';
import type { Excerpts } from './excerpts.ts';
import type { PartReader } from './part.ts';

interface BuildReading {
  readonly builds: BuildReader;
  readonly notes: RedactedText[];
  readonly part: PartReader;
  readonly excerpts: Excerpts;
}

/** Lines of a build's log that are read, from its end. */
const MAX_LOG_LINES = 20_000;
/** Failed actions of a stage whose logs are read; actions of a stage may run side by side. */
const MAX_FAILED_ACTIONS = 3;

/** What failed, with the end of its log. Names the failed stage of an execution of a pipeline; null where CodePipeline lists none, and where a person refused. */
export async function readBuild(build: AwsBuild, service: Service, reading: BuildReading): Promise<string | null> {
  switch (build.kind) {
    case 'codebuild-build':
      await readProjectBuild(build, service, reading);
      return null;
    case 'pipeline-execution':
      return await readExecution(build, service, reading);
    default:
      return build satisfies never;
  }
}

/** The id of a build of a pipeline's action is read by nothing but its project's name, so only projects of the service are asked. */
async function readProjectBuild(
  { project, build }: Pick<CodeBuildBuild, 'project' | 'build'>,
  service: Service,
  { builds, notes, part, excerpts }: BuildReading,
): Promise<void> {
  const named = redactName(`${project}:${build}`, 250);
  if (!namesOfBuilds(service.resources, 'codebuild').includes(project)) {
    notes.push(
      phrase`The log of build ${named} was not read: add ${redactName(`codebuild/${project}`, 200)} to the resources of its service.`,
    );
    return;
  }
  const found = await part(phrase`build`, () => builds.build(`${project}:${build}`), null);
  if (found === null) return void notes.push(phrase`CodeBuild has no build ${named} any more.`);
  const { log } = found;
  if (log === null)
    return void notes.push(phrase`Build ${named} writes no log to CloudWatch Logs, or ended before it began one.`);
  if (log.group !== buildLogGroup(project)) {
    const [group, own] = [redactName(log.group, 200), redactName(buildLogGroup(project), 200)];
    notes.push(phrase`Build ${named} writes its log to ${group}, which Selfheal may not read; it reads ${own}.`);
    return;
  }
  const lines = await part(phrase`log of the build`, () => builds.logOf(log, MAX_LOG_LINES), []);
  if (lines.length === 0) return void notes.push(phrase`The log of build ${named} is empty.`);
  const source = excerpts.open({ id: `build-${build}`, name: redactName(`Build of ${project}`, 200), url: null });
  for (const line of lines) {
    source.push(line);
    source.push('\n');
  }
}

async function readExecution(
  { pipeline, execution }: PipelineExecution,
  service: Service,
  reading: BuildReading,
): Promise<string | null> {
  const { builds, notes, part, excerpts } = reading;
  const actions = await part(phrase`execution of the pipeline`, () => builds.actionsOf(pipeline, execution), []);
  const failed = latestOfEach(actions).filter(({ status }) => status === 'Failed');
  if (failed.length === 0) {
    notes.push(phrase`CodePipeline lists no failed action of the execution ${redactName(execution, 100)}.`);
    return null;
  }
  const words = excerpts.open({ id: 'pipeline-actions', name: redactName(`Pipeline ${pipeline}`, 200), url: null });
  for (const { stage, action, provider, summary } of failed) {
    words.push(`Action ${action} (${provider}) of stage ${stage} failed.\n`);
    if (summary !== null) words.push(summary);
    words.push('\n');
  }
  for (const { provider, externalId } of failed.slice(0, MAX_FAILED_ACTIONS)) {
    const [project = '', build = ''] = (externalId ?? '').split(':');
    if (provider === 'CodeBuild' && build !== '') await readProjectBuild({ project, build }, service, reading);
  }
  if (!failed.some(({ isApproval }) => isApproval)) return failed[0]?.stage ?? null;
  notes.push(phrase`A person did not approve it, so the stage is not retried.`);
  return null;
}

/** The last run of each action; `actions`: newest first. */
const latestOfEach = (actions: readonly PipelineAction[]): PipelineAction[] => [
  ...new Map(actions.toReversed().map((one) => [`${one.stage}/${one.action}`, one])).values(),
];
