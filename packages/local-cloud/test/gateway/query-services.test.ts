import { describe, expect, it } from 'vitest';
import { autoscalingActions, rdsActions } from '../../src/gateway/actions/query-services.ts';
import type { Deployment } from '../../src/template/deployment.ts';
import type { AwsCall } from '../../src/wire/call.ts';

const here = { region: 'eu-west-1', account: '123456789012' } as Deployment;
const call = (operation: string, input: Record<string, string> = {}) => ({ operation, input }) as unknown as AwsCall;

describe('the rights that calls need', () => {
  it.each([
    ['DescribeAutoScalingGroups', {}, '*'],
    ['DescribeInstanceRefreshes', { AutoScalingGroupName: 'nodes' }, '*'],
    [
      'SetDesiredCapacity',
      { AutoScalingGroupName: 'nodes' },
      /^arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:[0-9a-f-]+:autoScalingGroupName\/nodes$/,
    ],
    ['StartInstanceRefresh', { AutoScalingGroupName: 'nodes' }, /autoScalingGroupName\/nodes$/],
    ['CancelInstanceRefresh', { AutoScalingGroupName: 'nodes' }, /autoScalingGroupName\/nodes$/],
  ])('autoscaling:%s', (operation, input, resource) => {
    const needs = autoscalingActions(call(operation, input), here);
    expect(needs).toEqual([
      { action: `autoscaling:${operation}`, resource: resource === '*' ? '*' : expect.stringMatching(resource) },
    ]);
  });

  it.each([
    ['DescribeDBInstances', { DBInstanceIdentifier: 'db' }, 'arn:aws:rds:eu-west-1:123456789012:db:db'],
    ['DescribeDBInstances', {}, 'arn:aws:rds:eu-west-1:123456789012:db:*'],
    ['RebootDBInstance', { DBInstanceIdentifier: 'db' }, 'arn:aws:rds:eu-west-1:123456789012:db:db'],
    ['DescribeDBParameters', { DBParameterGroupName: 'g' }, 'arn:aws:rds:eu-west-1:123456789012:pg:g'],
    ['ModifyDBParameterGroup', { DBParameterGroupName: 'g' }, 'arn:aws:rds:eu-west-1:123456789012:pg:g'],
    ['DescribeEvents', { SourceIdentifier: 'db' }, '*'],
  ])('rds:%s with %j', (operation, input, resource) => {
    expect(rdsActions(call(operation, input), here)).toEqual([{ action: `rds:${operation}`, resource }]);
  });

  it('are not known of any other call, which denies it', () => {
    expect(autoscalingActions(call('DeleteAutoScalingGroup', { AutoScalingGroupName: 'nodes' }), here)).toBeNull();
    expect(autoscalingActions(call('SetDesiredCapacity'), here)).toBeNull();
    expect(rdsActions(call('DeleteDBInstance', { DBInstanceIdentifier: 'db' }), here)).toBeNull();
    expect(rdsActions(call('ModifyDBParameterGroup'), here)).toBeNull();
  });
});
