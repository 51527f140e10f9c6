import {
  DescribeAutomationExecutionsCommand,
  GetAutomationExecutionCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { makeSsmAutomations } from '#shared/adapters/aws/ssm-automations.ts';
import { makeSsmParameters } from '#shared/adapters/aws/ssm-parameters.ts';
import { failure } from './failure.ts';

const SINCE = new Date('2026-11-21T11:58:00.700Z');
const request = {
  document: 'Acme-RestartUnit',
  version: '3',
  arguments: { Unit: 'web' },
  token: '0123456789abcdef0123456789abcdef',
};
const ONE = { AutomationExecutionMetadataList: [{ AutomationExecutionId: 'run-1', DocumentName: 'Acme-RestartUnit' }] };

function aClient() {
  const client = new SSMClient({ region: 'us-east-1' });
  return { client, aws: mockClient(client) };
}

describe('SSM Automation', () => {
  it('starts this version of the document once, with a token in the form of a UUID', async () => {
    const { client, aws } = aClient();
    aws.on(StartAutomationExecutionCommand).resolves({ AutomationExecutionId: 'run-1' });
    expect(await makeSsmAutomations({ client, effects: client }).start(request)).toBe('run-1');
    expect(aws.commandCalls(StartAutomationExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      {
        DocumentName: 'Acme-RestartUnit',
        DocumentVersion: '3',
        Parameters: { Unit: ['web'] },
        ClientToken: '01234567-89ab-8def-8123-456789abcdef',
      },
    ]);
  });

  it('does not repeat a start whose answer was lost, and tells a refusal from it', async () => {
    const { client, aws } = aClient();
    aws.on(StartAutomationExecutionCommand).rejects(failure('InternalServerError', 500));
    const automations = makeSsmAutomations({ client, effects: client });
    await expect(automations.start(request)).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    expect(aws.commandCalls(StartAutomationExecutionCommand)).toHaveLength(1);
    aws.on(StartAutomationExecutionCommand).rejects(failure('AutomationDefinitionNotFoundException', 400));
    await expect(automations.start(request)).rejects.toMatchObject({ name: 'Refused' });
  });

  it.each([
    ['Success', 'succeeded'],
    ['CompletedWithSuccess', 'succeeded'],
    ['Failed', 'failed'],
    ['TimedOut', 'failed'],
    ['Cancelled', 'failed'],
    ['InProgress', 'running'],
    ['Pending', 'running'],
    ['Waiting', 'running'],
  ] as const)('takes %s for %s', async (status, state) => {
    const { client, aws } = aClient();
    aws.on(DescribeAutomationExecutionsCommand).resolves(ONE);
    aws.on(GetAutomationExecutionCommand).resolves({
      AutomationExecution: { AutomationExecutionStatus: status, ExecutionStartTime: new Date('2026-11-21T12:00:00Z') },
    });
    const found = await makeSsmAutomations({ client }).find('Acme-RestartUnit', SINCE, {});
    expect(found).toMatchObject({ id: 'run-1', state, status });
  });

  it('finds the execution with these arguments since the alarm, to the millisecond, and none of another document', async () => {
    const { client, aws } = aClient();
    const at = (time: string) => new Date(`2026-11-21T${time}Z`);
    const runs = {
      early: { at: at('11:58:00.200'), unit: 'web', document: 'Acme-RestartUnit' },
      other: { at: at('11:59:00.000'), unit: 'mail', document: 'Acme-RestartUnit' },
      longer: { at: at('11:59:00.000'), unit: 'web', document: 'Acme-RestartUnitHard' },
      own: { at: at('11:58:01.000'), unit: 'web', document: 'Acme-RestartUnit' },
    };
    let listed = Object.entries(runs);
    aws.on(DescribeAutomationExecutionsCommand).callsFake(async () => ({
      AutomationExecutionMetadataList: listed.map(([id, { document }]) => ({
        AutomationExecutionId: id,
        DocumentName: document,
      })),
    }));
    aws
      .on(GetAutomationExecutionCommand)
      .callsFake(async ({ AutomationExecutionId: id }: { AutomationExecutionId: keyof typeof runs }) => ({
        AutomationExecution: { ExecutionStartTime: runs[id].at, Parameters: { Unit: [runs[id].unit], Default: ['x'] } },
      }));
    const find = () => makeSsmAutomations({ client }).find('Acme-RestartUnit', SINCE, { Unit: 'web' });
    expect(await find()).toMatchObject({ id: 'own' });
    listed = listed.filter(([id]) => id !== 'own');
    expect(await find()).toBeNull();
  });

  it('leaves out an execution that is gone meanwhile, and repeats a read that failed for now', async () => {
    const { client, aws } = aClient();
    const find = () => makeSsmAutomations({ client }).find('Acme-RestartUnit', SINCE, {});
    aws.on(DescribeAutomationExecutionsCommand).resolves(ONE);
    aws.on(GetAutomationExecutionCommand).rejects(failure('AutomationExecutionNotFoundException', 400));
    expect(await find()).toBeNull();
    aws.on(GetAutomationExecutionCommand).rejects(failure('ThrottlingException', 400));
    await expect(find()).rejects.toMatchObject({ name: 'Retryable' });
  });
});

describe('the Parameter Store', () => {
  it('gives null for a parameter that is not there, and refuses what may not be read', async () => {
    const { client, aws } = aClient();
    const parameters = makeSsmParameters({ client, effects: client });
    aws.on(GetParameterCommand).rejects(failure('ParameterNotFound', 400));
    expect(await parameters.read('/a')).toBeNull();
    aws.on(GetParameterCommand).rejects(failure('AccessDeniedException', 400));
    await expect(parameters.read('/a')).rejects.toMatchObject({ name: 'Refused' });
  });

  it('overwrites once, and does not know what became of a write whose answer was lost', async () => {
    const { client, aws } = aClient();
    const parameters = makeSsmParameters({ client, effects: client });
    aws.on(PutParameterCommand).resolves({ Version: 2 });
    await parameters.write('/a', 'on');
    expect(aws.commandCalls(PutParameterCommand)[0]?.args[0].input).toEqual({
      Name: '/a',
      Value: 'on',
      Overwrite: true,
    });
    aws.on(PutParameterCommand).rejects(failure('Error', undefined, 'ECONNRESET'));
    await expect(parameters.write('/a', 'on')).rejects.toMatchObject({ name: 'OutcomeUnknown' });
  });
});
