import type { Need } from '../iam/authorizer.ts';
import { objectOf, parseObject, textOf } from '../template/json.ts';
import type { AwsCall } from '../wire/call.ts';
import type { Forwarder } from '../wire/forward.ts';

/**
 * `iam:PassRole` on the roles of the task definition that an ECS service is to run. The fake AWS describes the task definition; when
 * it does not, no role is passed.
 */
export async function passRoleNeeds(
  { service, operation, input, request }: AwsCall,
  world: Forwarder,
): Promise<Need[]> {
  const taskDefinition = textOf(input.taskDefinition);
  if (service !== 'ecs' || operation !== 'UpdateService' || taskDefinition === undefined) return [];
  const headers = { ...request.headers, 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition' };
  const answer = await world.forward({ ...request, headers, body: Buffer.from(JSON.stringify({ taskDefinition })) });
  if (answer.status !== 200) return [];
  const described = objectOf(parseObject(answer.body.toString(), 'DescribeTaskDefinition').taskDefinition);
  const roles = [textOf(described.taskRoleArn), textOf(described.executionRoleArn)];
  return [...new Set(roles)].flatMap((role) =>
    role === undefined
      ? []
      : [{ action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }],
  );
}
