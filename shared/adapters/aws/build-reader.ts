import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetBuildsCommand,
  type Build,
  CodeBuildClient,
  ListBuildsForProjectCommand,
} from '@aws-sdk/client-codebuild';
import {
  type ActionExecutionDetail,
  CodePipelineClient,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { present } from '@selfheal/kernel/present.ts';
import { type RawText, rawTextOf } from '@selfheal/kernel/text/raw-text.ts';
import type { BuildReader, PipelineAction, ProjectBuild } from '#shared/ports/builds.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

/** As many as one request may name. */
const MAX_BUILDS = 100;
/** An execution with more runs of actions than a thousand is not read further. */
const MAX_PAGES = 10;
/** CloudWatch Logs gives at most 10,000 lines or 1 MB at once. */
const MAX_LOG_PAGES = 10;

interface Clients {
  readonly codeBuild?: CodeBuildClient;
  readonly codePipeline?: CodePipelineClient;
  readonly logs?: CloudWatchLogsClient;
}

/** Reads CodeBuild, CodePipeline, and the logs of builds in CloudWatch Logs. */
export function makeBuildReader(given: Clients = {}): BuildReader {
  const codeBuild = given.codeBuild ?? new CodeBuildClient(REPEATABLE);
  const codePipeline = given.codePipeline ?? new CodePipelineClient(REPEATABLE);
  const logs = given.logs ?? new CloudWatchLogsClient(REPEATABLE);
  const read = async (what: string, ids: readonly string[]): Promise<ProjectBuild[]> => {
    if (ids.length === 0) return [];
    const command = new BatchGetBuildsCommand({ ids: [...ids] });
    const { builds = [] } = await callAws(what, () => codeBuild.send(command));
    const found = new Map(builds.map((one) => [one.id, buildOf(one)]));
    return ids.flatMap((id) => found.get(id) ?? []);
  };
  return {
    build: async (id) => (await read(`Reading the build ${id}`, [id]))[0] ?? null,
    latestBuilds: async (projectName) => {
      const command = new ListBuildsForProjectCommand({ projectName, sortOrder: 'DESCENDING' });
      const { ids = [] } = await callAws(`Listing the builds of ${projectName}`, () => codeBuild.send(command));
      return await read(`Reading the builds of ${projectName}`, ids.slice(0, MAX_BUILDS));
    },
    actionsOf: async (pipelineName, pipelineExecutionId) => {
      const found: PipelineAction[] = [];
      let nextToken: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const command = new ListActionExecutionsCommand({
          pipelineName,
          filter: { pipelineExecutionId },
          ...present({ nextToken }),
        });
        const answer = await callAws(`Reading an execution of ${pipelineName}`, () => codePipeline.send(command));
        found.push(...(answer.actionExecutionDetails ?? []).map(actionOf));
        nextToken = answer.nextToken;
        if (nextToken === undefined) break;
      }
      return found.sort((one, other) => other.startedAt.getTime() - one.startedAt.getTime());
    },
    stageState: async (name, stage) => {
      const command = new GetPipelineStateCommand({ name });
      const { stageStates = [] } = await callAws(`Reading the state of ${name}`, () => codePipeline.send(command));
      const latest = stageStates.find(({ stageName }) => stageName === stage)?.latestExecution;
      if (latest === undefined) return null;
      return { execution: latest.pipelineExecutionId ?? '', status: latest.status ?? '' };
    },
    logOf: async ({ group: logGroupName, stream: logStreamName }, maxLines) => {
      const pages: RawText[][] = [];
      let nextToken: string | undefined;
      let lines = 0;
      for (let page = 0; page < MAX_LOG_PAGES && lines < maxLines; page += 1) {
        const command = new GetLogEventsCommand({
          logGroupName,
          logStreamName,
          startFromHead: false,
          ...present({ nextToken }),
        });
        const answer = await callAws(`Reading the log of a build in ${logGroupName}`, () => logs.send(command));
        const events = answer.events ?? [];
        pages.unshift(events.map(({ message = '' }) => rawTextOf(message)));
        lines += events.length;
        // The token of the last page leads to itself.
        if (answer.nextBackwardToken === undefined || answer.nextBackwardToken === nextToken) break;
        nextToken = answer.nextBackwardToken;
      }
      return pages.flat().slice(-maxLines);
    },
  };
}

function buildOf(build: Build): ProjectBuild {
  const { id = '', projectName = '', buildStatus = 'IN_PROGRESS', startTime, initiator = '', logs } = build;
  const { sourceVersion = null, resolvedSourceVersion = null, secondarySourceVersions = [], environment } = build;
  const variables = (environment?.environmentVariables ?? []).map(({ name, value, type }) => [name, value, type]);
  const stream = logs?.streamName;
  const group = logs?.groupName;
  return {
    id,
    project: projectName,
    status: buildStatus,
    startedAt: startTime ?? new Date(0),
    initiator,
    built: digestOf(canonicalJson([sourceVersion, resolvedSourceVersion, secondarySourceVersions, variables]), 40),
    isPartOfBatch: build.buildBatchArn !== undefined,
    log: group === undefined || stream === undefined ? null : { group, stream },
  };
}

function actionOf({ stageName, actionName, status, startTime, input, output }: ActionExecutionDetail): PipelineAction {
  const result = output?.executionResult;
  const words = [result?.errorDetails?.message, result?.externalExecutionSummary].filter(Boolean).join('\n');
  return {
    stage: stageName ?? '',
    action: actionName ?? '',
    status: status ?? 'InProgress',
    startedAt: startTime ?? new Date(0),
    isApproval: input?.actionTypeId?.category === 'Approval',
    provider: input?.actionTypeId?.provider ?? '',
    externalId: result?.externalExecutionId ?? null,
    summary: words === '' ? null : rawTextOf(words),
  };
}
