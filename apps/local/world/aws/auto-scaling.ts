import { randomUUID } from 'node:crypto';
import { isoNow } from '../world-time.ts';
import type { GroupState } from './company.ts';
import { AwsError, type AwsRooms } from './operation.ts';
import type { QueryOperation } from './query-call.ts';

function groupOf({ company }: AwsRooms, form: URLSearchParams): GroupState {
  const name = form.get('AutoScalingGroupName') ?? '';
  const group = company.groups.get(name);
  if (group !== undefined) return group;
  throw new AwsError('ValidationError', 400, `AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
}

const underWay = ({ refreshes }: GroupState) => refreshes.find(({ status }) => status === 'InProgress');

const describeGroups: QueryOperation = {
  fields: ['AutoScalingGroupNames.member'],
  perform: (rooms, form) => {
    const names = [...form].flatMap(([key, value]) => (key.startsWith('AutoScalingGroupNames.member.') ? [value] : []));
    const found = rooms.company.groups.all().filter(({ name }) => names.length === 0 || names.includes(name));
    return { AutoScalingGroups: { member: found.map((group) => presentGroup(rooms, group)) } };
  },
};

function presentGroup({ company }: AwsRooms, { name, desiredCapacity, minSize, maxSize }: GroupState) {
  const instances = Array.from({ length: desiredCapacity }, (_, index) => ({
    InstanceId: `i-${String(index).padStart(17, '0')}`,
    AvailabilityZone: `${company.region}a`,
    LifecycleState: 'InService',
    HealthStatus: 'Healthy',
    ProtectedFromScaleIn: false,
  }));
  return {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: `arn:aws:autoscaling:${company.region}:${company.account}:autoScalingGroup:5f0c1d2e:autoScalingGroupName/${name}`,
    MinSize: minSize,
    MaxSize: maxSize,
    DesiredCapacity: desiredCapacity,
    DefaultCooldown: 300,
    AvailabilityZones: { member: [`${company.region}a`] },
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 0,
    Instances: { member: instances },
    CreatedTime: '2026-01-10T08:00:00.000Z',
  };
}

const setDesiredCapacity: QueryOperation = {
  fields: ['AutoScalingGroupName', 'DesiredCapacity', 'HonorCooldown'],
  perform: (rooms, form) => {
    const group = groupOf(rooms, form);
    const to = Number(form.get('DesiredCapacity') ?? Number.NaN);
    if (!Number.isInteger(to) || to < group.minSize || to > group.maxSize) {
      const words = `New SetDesiredCapacity value ${to} is outside of min:${group.minSize} and max:${group.maxSize} of the group.`;
      throw new AwsError('ValidationError', 400, words);
    }
    const from = group.desiredCapacity;
    group.desiredCapacity = to;
    rooms.company.groups.put(group.name, group);
    if (from !== to) rooms.journal.record('autoscaling.group.scaled', group.name, { from, to });
    rooms.deployed(group.service);
    return {};
  },
};

const describeRefreshes: QueryOperation = {
  fields: ['AutoScalingGroupName', 'MaxRecords'],
  perform: (rooms, form) => {
    const group = groupOf(rooms, form);
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
  perform: (rooms, form) => {
    const group = groupOf(rooms, form);
    if (underWay(group) !== undefined) {
      const words = 'An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.';
      throw new AwsError('InstanceRefreshInProgress', 400, words);
    }
    const id = randomUUID();
    group.refreshes = [{ id, status: 'InProgress', startedAt: isoNow(rooms.company.time) }, ...group.refreshes];
    rooms.company.groups.put(group.name, group);
    rooms.journal.record('autoscaling.refresh.started', group.name, { id });
    rooms.deployed(group.service);
    return { InstanceRefreshId: id };
  },
};

const cancelRefresh: QueryOperation = {
  fields: ['AutoScalingGroupName'],
  perform: (rooms, form) => {
    const group = groupOf(rooms, form);
    const running = underWay(group);
    if (running === undefined) {
      throw new AwsError('ActiveInstanceRefreshNotFound', 400, 'No in progress or pending Instance Refresh found.');
    }
    running.status = 'Cancelled';
    rooms.company.groups.put(group.name, group);
    rooms.journal.record('autoscaling.refresh.cancelled', group.name, { id: running.id });
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
