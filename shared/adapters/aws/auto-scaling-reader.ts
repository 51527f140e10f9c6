import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
} from '@aws-sdk/client-auto-scaling';
import { Refused } from '@selfheal/kernel/errors.ts';
import { REPEATABLE } from './client-settings.ts';
import type { KindReaders } from './resource-reader.ts';

/** Reads Auto Scaling groups. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeInstanceRefreshes.html */
export function autoScalingReader(options: { readonly client?: AutoScalingClient } = {}) {
  const { client = new AutoScalingClient(REPEATABLE) } = options;
  return {
    'auto-scaling-group': async ({ kind, group }) => {
      const [{ AutoScalingGroups = [] }, { InstanceRefreshes = [] }] = await Promise.all([
        client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] })),
        // Newest first.
        client.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group, MaxRecords: 1 })),
      ]);
      const found = AutoScalingGroups.find(({ AutoScalingGroupName }) => AutoScalingGroupName === group);
      if (found === undefined) throw new Refused(`There is no Auto Scaling group ${group}.`);
      const healthy = (found.Instances ?? []).filter(
        ({ LifecycleState, HealthStatus }) => LifecycleState === 'InService' && HealthStatus === 'Healthy',
      );
      const [newest] = InstanceRefreshes;
      return {
        kind,
        group,
        desiredCapacity: found.DesiredCapacity ?? 0,
        maxSize: found.MaxSize ?? 0,
        healthyInstances: healthy.length,
        refresh: newest?.InstanceRefreshId ? { id: newest.InstanceRefreshId, status: newest.Status ?? '' } : null,
      };
    },
  } satisfies KindReaders;
}
