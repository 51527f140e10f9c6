import { randomUUID } from 'node:crypto';
import { type ActionState, BUILD_MS, type ExecutionState } from './build-state.ts';
import { type AwsContext, AwsError, type Operation, pageBy, secondsOf, text } from './operation.ts';

const STATUS = { Succeeded: 'SUCCEEDED', Failed: 'FAILED' } as const;

const keyOf = (pipeline: string, execution: string): string => `${pipeline} ${execution}`;

const statusOf = ({ cloud }: AwsContext, { endsAt, result }: ActionState): string =>
  cloud.time.now() < endsAt ? 'InProgress' : result;

/** Executions of a pipeline, oldest first. */
function executionsOf({ cloud }: AwsContext, pipeline: string): ExecutionState[] {
  const found = cloud.executions.all().filter((one) => one.pipeline === pipeline);
  if (found.length === 0) throw new AwsError('PipelineNotFoundException', 400, `There is no pipeline ${pipeline}.`);
  return found.sort((one, other) => one.startedAt - other.startedAt);
}

const listActionExecutions: Operation = (context, input) => {
  const pipeline = text(input.pipelineName);
  const wanted = text((input.filter as { readonly pipelineExecutionId?: unknown } | undefined)?.pipelineExecutionId);
  const found = executionsOf(context, pipeline).filter(({ execution }) => wanted === '' || execution === wanted);
  if (found.length === 0)
    throw new AwsError('PipelineExecutionNotFoundException', 400, `There is no execution ${wanted}.`);
  const runs = found.flatMap(({ execution, actions }) => actions.map((one) => ({ execution, one })));
  const sorted = runs.sort((a, b) => b.one.startedAt - a.one.startedAt);
  const page = pageBy(sorted, input.nextToken, Number(input.maxResults ?? 100));
  return {
    actionExecutionDetails: page.items.map(({ execution, one }) => ({
      pipelineExecutionId: execution,
      actionExecutionId: one.id,
      pipelineVersion: 1,
      stageName: one.stage,
      actionName: one.action,
      startTime: one.startedAt / 1000,
      status: statusOf(context, one),
      input: { actionTypeId: { category: one.category, owner: 'AWS', provider: one.provider, version: '1' } },
      output: {
        executionResult: {
          externalExecutionId: one.externalId,
          ...(one.summary === '' ? {} : { errorDetails: { code: 'JobFailed', message: one.summary } }),
        },
      },
    })),
    ...(page.next === undefined ? {} : { nextToken: page.next }),
  };
};

const getPipelineState: Operation = (context, input) => {
  const name = text(input.name);
  const executions = executionsOf(context, name);
  const stages = [...new Set(executions.flatMap(({ actions }) => actions.map(({ stage }) => stage)))];
  return {
    pipelineName: name,
    pipelineVersion: 1,
    stageStates: stages.map((stageName) => {
      const last = executions.findLast(({ actions }) => actions.some(({ stage }) => stage === stageName));
      const status = last === undefined ? 'Cancelled' : stageStatus(context, last, stageName);
      return { stageName, latestExecution: { pipelineExecutionId: last?.execution ?? '', status } };
    }),
  };
};

function stageStatus(context: AwsContext, execution: ExecutionState, stage: string): string {
  const statuses = latestOf(execution, stage).map((one) => statusOf(context, one));
  return (
    statuses.find((status) => status === 'InProgress') ?? statuses.find((status) => status === 'Failed') ?? 'Succeeded'
  );
}

/** The last run of each action of a stage. */
const latestOf = ({ actions }: ExecutionState, stage: string): ActionState[] => [
  ...new Map(actions.filter((one) => one.stage === stage).map((one) => [one.action, one])).values(),
];

const retryStageExecution: Operation = (context, input) => {
  const [pipeline, stage] = [text(input.pipelineName), text(input.stageName)];
  const wanted = text(input.pipelineExecutionId);
  const executions = executionsOf(context, pipeline);
  if (input.retryMode !== 'FAILED_ACTIONS' && input.retryMode !== 'ALL_ACTIONS')
    throw new AwsError('ValidationException', 400, 'retryMode must be FAILED_ACTIONS or ALL_ACTIONS.');
  const inStage = executions.filter(({ actions }) => actions.some((one) => one.stage === stage));
  if (inStage.length === 0) throw new AwsError('StageNotFoundException', 400, `There is no stage ${stage}.`);
  const latest = inStage.at(-1);
  if (latest?.execution !== wanted)
    throw new AwsError('NotLatestPipelineExecutionException', 400, 'The stage has failed in a later execution.');
  const failed = latestOf(latest, stage).filter((one) => statusOf(context, one) === 'Failed');
  if (failed.length === 0 || stageStatus(context, latest, stage) !== 'Failed')
    throw new AwsError('StageNotRetryableException', 400, 'The stage contains no failed actions.');
  const [result = 'Succeeded', ...again] = latest.again;
  const startedAt = context.cloud.time.now();
  const retried = failed.map((one) => ({
    ...one,
    ...{ id: randomUUID(), result, startedAt, endsAt: startedAt + BUILD_MS },
    summary: result === 'Failed' ? one.summary : '',
  }));
  putExecution(context, { ...latest, again, actions: [...latest.actions, ...retried] });
  context.journal.record('codepipeline.stage.retried', `${pipeline}/${stage}`, { execution: wanted });
  context.after(BUILD_MS, () => executionEvent(context.cloud, { pipeline, execution: wanted, result }));
  return { pipelineExecutionId: wanted };
};

export function putExecution({ cloud }: Pick<AwsContext, 'cloud'>, execution: ExecutionState): void {
  cloud.executions.put(keyOf(execution.pipeline, execution.execution), execution);
}

/** CodePipeline user guide, "Monitoring CodePipeline events". */
export function executionEvent(
  { account, region, time }: Pick<AwsContext['cloud'], 'account' | 'region' | 'time'>,
  {
    pipeline,
    execution,
    result,
  }: { readonly pipeline: string; readonly execution: string; readonly result: keyof typeof STATUS },
) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'CodePipeline Pipeline Execution State Change',
    source: 'aws.codepipeline',
    account,
    region,
    time: secondsOf(time),
    resources: [`arn:aws:codepipeline:${region}:${account}:${pipeline}`],
    detail: { pipeline, 'execution-id': execution, state: STATUS[result], version: 1, 'pipeline-execution-attempt': 1 },
  };
}

export const CODEPIPELINE_OPERATIONS: Readonly<Record<string, Operation>> = {
  GetPipelineState: getPipelineState,
  ListActionExecutions: listActionExecutions,
  RetryStageExecution: retryStageExecution,
};
