import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeSfnWorkflowEngine } from '#shared/adapters/aws/sfn-workflow-engine.ts';
import { failure } from './failure.ts';

const workflowClient = new SFNClient({ region: 'eu-west-1' });
const workflow = mockClient(workflowClient);
beforeEach(() => {
  workflow.reset();
});

describe('the workflow engine', () => {
  const workflowArn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:heal:live';
  const engine = makeSfnWorkflowEngine({ workflowArn, client: workflowClient });

  it('starts an execution by its name through the alias, and is told when the name is taken', async () => {
    workflow.on(StartExecutionCommand).resolvesOnce({}).rejects(failure('ExecutionAlreadyExists', 400));
    expect(await engine.start('gh-1', 2)).toBe('started');
    expect(await engine.start('gh-1', 2)).toBe('exists');
    expect(workflow.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
      stateMachineArn: workflowArn,
      name: 'gh-1-2',
      input: '{"incidentId":"gh-1","attempt":2}',
    });
  });

  it.each([
    ['RUNNING', 'running'],
    ['PENDING_REDRIVE', 'running'],
    ['SUCCEEDED', 'ended'],
    ['FAILED', 'ended'],
    ['TIMED_OUT', 'ended'],
    ['ABORTED', 'ended'],
  ] as const)('reads %s as %s', async (status, expected) => {
    workflow.on(DescribeExecutionCommand).resolves({ status });
    expect(await engine.status('gh-1', 2)).toBe(expected);
    expect(workflow.commandCalls(DescribeExecutionCommand)[0]?.args[0].input.executionArn).toBe(
      'arn:aws:states:eu-west-1:123456789012:execution:heal:gh-1-2',
    );
  });

  it('reads an execution that is not there as missing', async () => {
    workflow.on(DescribeExecutionCommand).rejects(failure('ExecutionDoesNotExist', 400));
    expect(await engine.status('gh-1', 2)).toBe('missing');
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('calls a token expired on %s', async (name) => {
    workflow.on(SendTaskSuccessCommand).resolvesOnce({}).rejects(failure(name, 400));
    expect(await engine.answer('token', { approved: true })).toBe('accepted');
    expect(await engine.answer('token', { approved: true })).toBe('expired');
  });
});
