import { DescribeServicesCommand, ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { GetAliasCommand, LambdaClient, ListVersionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeDeploymentReader } from '#shared/adapters/aws/deployment-reader.ts';
import { aLambdaDeployment, anEcsDeployment } from '#test/builders/index.ts';
import { failure } from './failure.ts';

const lambdaClient = new LambdaClient({ region: 'eu-west-1' });
const lambda = mockClient(lambdaClient);
const ecsClient = new ECSClient({ region: 'eu-west-1' });
const ecs = mockClient(ecsClient);
beforeEach(() => {
  lambda.reset();
  ecs.reset();
});

describe('the deployment of a Lambda alias', () => {
  const ref = { kind: 'lambda-alias', functionName: 'checkout', alias: 'live' } as const;
  const read = () => makeDeploymentReader({ lambda: lambdaClient, ecs: ecsClient }).read(ref);

  it('names the highest published version below the current one, over all pages', async () => {
    lambda.on(GetAliasCommand).resolves({ FunctionVersion: '8', RevisionId: 'revision-8' });
    lambda.on(ListVersionsByFunctionCommand).resolves({
      NextMarker: 'more',
      Versions: [{ Version: '$LATEST' }, { Version: '2' }, { Version: '7' }],
    });
    lambda.on(ListVersionsByFunctionCommand, { Marker: 'more' }).resolves({
      Versions: [{ Version: '8', LastModified: '2026-11-21T11:00:00.000+0000' }, { Version: '10' }],
    });
    expect(await read()).toEqual(aLambdaDeployment());
  });

  it('names when other versions were published, the newest fifty of them, for how restless the function is', async () => {
    lambda.on(GetAliasCommand).resolves({ FunctionVersion: '100', RevisionId: 'r' });
    const at = (number: number) => new Date(Date.UTC(2026, 10, 20, 0, number)).toISOString();
    const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
    const versions = numbers.map((number) => ({
      Version: `${number}`,
      LastModified: at(number).replace('Z', '+0000'),
    }));
    lambda.on(ListVersionsByFunctionCommand).resolves({
      Versions: [{ Version: '$LATEST', LastModified: at(200) }, ...versions],
    });
    const { deployedAt, otherDeployments } = await read();
    expect(deployedAt).toBe(at(100));
    expect(otherDeployments).toEqual(numbers.slice(49, 99).map(at));
  });

  it('knows no version before the first one', async () => {
    lambda.on(GetAliasCommand).resolves({ FunctionVersion: '1', RevisionId: 'r' });
    lambda.on(ListVersionsByFunctionCommand).resolves({ Versions: [{ Version: '$LATEST' }, { Version: '1' }] });
    expect(await read()).toMatchObject({ previousVersion: null, deployedAt: null });
  });

  it('throws Refused when there is no such alias, and Retryable when Lambda is broken', async () => {
    lambda
      .on(GetAliasCommand)
      .rejectsOnce(failure('ResourceNotFoundException', 404))
      .rejects(failure('ServiceException', 500));
    await expect(read()).rejects.toMatchObject({ name: 'Refused' });
    await expect(read()).rejects.toMatchObject({ name: 'Retryable', cause: { name: 'ServiceException' } });
  });
});

describe('the deployment of an ECS service', () => {
  const ref = { kind: 'ecs-service', cluster: 'shop', service: 'checkout' } as const;
  const arn = (name: string): string => `arn:aws:ecs:eu-west-1:123456789012:task-definition/${name}`;
  const read = () => makeDeploymentReader({ lambda: lambdaClient, ecs: ecsClient }).read(ref);

  it('names the newest active revision below the one that serves', async () => {
    ecs.on(DescribeServicesCommand).resolves({
      services: [
        {
          taskDefinition: arn('checkout:8'),
          deployments: [
            { status: 'ACTIVE', taskDefinition: arn('checkout:7'), createdAt: new Date('2026-11-21T10:00:00Z') },
            { status: 'PRIMARY', taskDefinition: arn('checkout:8'), createdAt: new Date('2026-11-21T11:00:00Z') },
          ],
        },
      ],
    });
    ecs
      .on(ListTaskDefinitionsCommand)
      .resolves({ taskDefinitionArns: [arn('checkout:9'), arn('checkout:8')], nextToken: 'n' });
    ecs
      .on(ListTaskDefinitionsCommand, { nextToken: 'n' } as never)
      .resolves({ taskDefinitionArns: [arn('checkout:7')] });
    expect(await read()).toEqual(anEcsDeployment({ otherDeployments: ['2026-11-21T10:00:00.000Z'] }));
    expect(ecs.commandCalls(ListTaskDefinitionsCommand)[0]?.args[0].input).toMatchObject({
      familyPrefix: 'checkout',
      sort: 'DESC',
      status: 'ACTIVE',
    });
  });

  it('throws Refused when there is no such service', async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [], failures: [{ reason: 'MISSING' }] });
    await expect(read()).rejects.toMatchObject({ name: 'Refused' });
  });
});
