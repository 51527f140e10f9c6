import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeEcsServiceWriter } from '#shared/adapters/aws/ecs-service-reader.ts';
import { failure } from './failure.ts';

const ecsClient = new ECSClient({ region: 'eu-west-1' });
const ecs = mockClient(ecsClient);
beforeEach(() => {
  ecs.reset();
});

describe('deploying to an ECS service', () => {
  it('sends it once and says that the outcome is unknown when the answer is lost', async () => {
    const deploy = () => makeEcsServiceWriter({ client: ecsClient }).deploy('shop', 'checkout', 'checkout:7');
    ecs.on(UpdateServiceCommand).resolvesOnce({}).rejects(failure('ServerException', 500));
    await deploy();
    await expect(deploy()).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    expect(ecs.commandCalls(UpdateServiceCommand)).toHaveLength(2);
  });
});
