import { randomUUID } from 'node:crypto';
import { isoNow } from '@selfheal/fake-server/world-time.ts';
import { type AwsContext, AwsError, type QueryOperation } from './operation.ts';
import type { GroupState } from './state.ts';

function groupOf({ cloud }: AwsContext, form: URLSearchParams): GroupState {
  const name = form.get('AutoScalingGroupName') ?? '';
  const group = cloud.groups.get(name);
  if (group !== undefined) return group;
  throw new AwsError('ValidationError', 400, `AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
}

const underWay = ({ refreshes }: GroupState) => refreshes.find(({ status }) => status === 'InProgress');

const describeGroups: QueryOperation = {
  fields: ['AutoScalingGroupNames.member'],
  perform: (context, form) => {
    const names = [...form].flatMap(([key, value]) => (key.startsWith('AutoScalingGroupNames.member.') ? [value] : []));
    const found = context.cloud.groups.all().filter(({ name }) => names.length === 0 || names.includes(name));
    return { AutoScalingGroups: { member: found.map((group) => presentGroup(context, group)) } };
  },
};

function presentGroup({ cloud }: AwsContext, { name, desiredCapacity, minSize, maxSize }: GroupState) {
  const instances = Array.from({ length: desiredCapacity }, (_, index) => ({
    InstanceId: `i-${String(index).padStart(17, '0')}`,
    AvailabilityZone: `${cloud.region}a`,
    LifecycleState: 'InService',
    HealthStatus: 'Healthy',
    ProtectedFromScaleIn: false,
  }));
  return {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: `arn:aws:autoscaling:${cloud.region}:${cloud.account}:autoScalingGroup:5f0c1d2e:autoScalingGroupName/${name}`,
    MinSize: minSize,
    MaxSize: maxSize,
    DesiredCapacity: desiredCapacity,
    DefaultCooldown: 300,
    AvailabilityZones: { member: [`${cloud.region}a`] },
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 0,
    Instances: { member: instances },
    CreatedTime: '2026-01-10T08:00:00.000Z',
  };
}

const setDesiredCapacity: QueryOperation = {
  fields: ['AutoScalingGroupName', 'DesiredCapacity', 'HonorCooldown'],
  perform: (context, form) => {
    const group = groupOf(context, form);
    const to = Number(form.get('DesiredCapacity') ?? Number.NaN);
    if (!Number.isInteger(to) || to < group.minSize || to > group.maxSize) {
      const words = `New SetDesiredCapacity value ${to} is outside of min:${group.minSize} and max:${group.maxSize} of the group.`;
      throw new AwsError('ValidationError', 400, words);
    }
    const from = group.desiredCapacity;
    group.desiredCapacity = to;
    context.cloud.groups.put(group.name, group);
    if (from !== to) context.journal.record('autoscaling.group.scaled', group.name, { from, to });
    context.deployed(group.service);
    return {};
  },
};

const describeRefreshes: QueryOperation = {
  fields: ['AutoScalingGroupName', 'MaxRecords'],
  perform: (context, form) => {
    const group = groupOf(context, form);
    const newest = group.refreshes.slice(0, Number(form.get('MaxRecords') ?? 50));
    const member = newest.map(({ id, status, startedAt }) => ({
      InstanceRefreshId: id,
      AutoScalingGroupName: group.name,
      Status: status,
      StartTime: startedAt,
      PercentageComplete: status === 'Successful' ? 100 : 0,
    }));
    return { InstanceRefreshes: { member } };
  },
};

const startRefresh: QueryOperation = {
  fields: ['AutoScalingGroupName', 'Strategy', 'Preferences.MinHealthyPercentage'],
  perform: (context, form) => {
    const group = groupOf(context, form);
    if (underWay(group) !== undefined) {
      const words = 'An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.';
      throw new AwsError('InstanceRefreshInProgress', 400, words);
    }
    const id = randomUUID();
    group.refreshes = [{ id, status: 'InProgress', startedAt: isoNow(context.cloud.time) }, ...group.refreshes];
    context.cloud.groups.put(group.name, group);
    context.journal.record('autoscaling.refresh.started', group.name, { id });
    context.deployed(group.service);
    return { InstanceRefreshId: id };
  },
};

const cancelRefresh: QueryOperation = {
  fields: ['AutoScalingGroupName'],
  perform: (context, form) => {
    const group = groupOf(context, form);
    const running = underWay(group);
    if (running === undefined) {
      throw new AwsError('ActiveInstanceRefreshNotFound', 400, 'No in progress or pending Instance Refresh found.');
    }
    running.status = 'Cancelled';
    context.cloud.groups.put(group.name, group);
    context.journal.record('autoscaling.refresh.cancelled', group.name, { id: running.id });
    return { InstanceRefreshId: running.id };
  },
};

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Operations.html */
export const AUTO_SCALING_OPERATIONS: Readonly<Record<string, QueryOperation>> = {
  DescribeAutoScalingGroups: describeGroups,
  SetDesiredCapacity: setDesiredCapacity,
  DescribeInstanceRefreshes: describeRefreshes,
  StartInstanceRefresh: startRefresh,
  CancelInstanceRefresh: cancelRefresh,
};
