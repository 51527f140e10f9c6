import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { WorkflowEngine } from '#shared/ports/cloud.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

/** Errors of `SendTaskSuccess` for a token that nothing waits for any more. */
const NOT_WAITING = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/**
 * The healing workflow. `workflowArn` is the alias' ARN (`...:stateMachine:<name>:<alias>`). Starting is idempotent by name:
 * a running execution of this name and input counts as `started` again, an ended one as `exists`
 * (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
 */
export function makeSfnWorkflowEngine(options: {
  readonly workflowArn: string;
  readonly client?: SFNClient;
}): WorkflowEngine {
  const { workflowArn, client = new SFNClient(REPEATABLE) } = options;
  return {
    start: async (incidentId, attempt) => {
      const command = new StartExecutionCommand({
        stateMachineArn: workflowArn,
        name: `${incidentId}-${attempt}`,
        input: JSON.stringify({ incidentId, attempt }),
      });
      const answer = await unless(['ExecutionAlreadyExists'], 'Starting the workflow', () => client.send(command));
      return answer === null ? 'exists' : 'started';
    },
    status: async (incidentId, attempt) => {
      const command = new DescribeExecutionCommand({
        executionArn: executionArnOf(workflowArn, `${incidentId}-${attempt}`),
      });
      const execution = await unless(['ExecutionDoesNotExist'], 'Reading the workflow', () => client.send(command));
      if (execution === null) return 'missing';
      return execution.status === 'RUNNING' || execution.status === 'PENDING_REDRIVE' ? 'running' : 'ended';
    },
    stop: async (incidentId, attempt, cause) => {
      const executionArn = executionArnOf(workflowArn, `${incidentId}-${attempt}`);
      const command = new StopExecutionCommand({ executionArn, error: 'StoppedOnRequest', cause });
      await unless(['ExecutionDoesNotExist'], 'Stopping the workflow', () => client.send(command));
    },
    answer: async (taskToken, output) => {
      const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) });
      const answer = await unless([...NOT_WAITING], 'Answering a task', () => client.send(command));
      return answer === null ? 'expired' : 'accepted';
    },
  };
}

/** `arn:aws:states:<region>:<account>:stateMachine:<name>:<alias>` -> `...:execution:<name>:<execution>`. */
function executionArnOf(workflowArn: string, execution: string): string {
  const [arn, partition, service, region, account, , name] = workflowArn.split(':');
  return [arn, partition, service, region, account, 'execution', name, execution].join(':');
}

/** Null when AWS answered with one of these errors. */
async function unless<T>(names: readonly string[], what: string, call: () => Promise<T>): Promise<T | null> {
  return callAws(what, async () => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof Error && names.includes(error.name)) return null;
      throw error;
    }
  });
}
