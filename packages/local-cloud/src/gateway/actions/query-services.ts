import { textOf } from '../../template/json.ts';
import { type ActionMapping, regional } from './mapping.ts';

const READS_GROUPS = ['DescribeAutoScalingGroups', 'DescribeInstanceRefreshes'];
const CHANGES_GROUPS = ['SetDesiredCapacity', 'StartInstanceRefresh', 'CancelInstanceRefresh'];

/** Reads are not bound to a resource. A group's ARN contains an id that only AWS knows; any id works where policies have `*` there. */
export const autoscalingActions: ActionMapping = ({ operation, input }, deployment) => {
  const action = `autoscaling:${operation}`;
  if (READS_GROUPS.includes(operation)) return [{ action, resource: '*' }];
  const name = textOf(input.AutoScalingGroupName);
  if (!CHANGES_GROUPS.includes(operation) || name === undefined) return null;
  const group = `autoScalingGroup:00000000-0000-4000-8000-000000000000:autoScalingGroupName/${name}`;
  return [{ action, resource: regional('autoscaling', group, deployment) }];
};

const ON_INSTANCES = ['DescribeDBInstances', 'RebootDBInstance', 'ModifyDBInstance'];
const ON_CLUSTERS = ['DescribeDBClusters', 'ModifyDBCluster'];
const ON_PARAMETER_GROUPS = ['DescribeDBParameters', 'ModifyDBParameterGroup'];

export const rdsActions: ActionMapping = ({ operation, input }, deployment) => {
  const action = `rds:${operation}`;
  if (ON_INSTANCES.includes(operation)) {
    const name = textOf(input.DBInstanceIdentifier);
    return [{ action, resource: regional('rds', `db:${name ?? '*'}`, deployment) }];
  }
  if (ON_CLUSTERS.includes(operation)) {
    const name = textOf(input.DBClusterIdentifier);
    return [{ action, resource: regional('rds', `cluster:${name ?? '*'}`, deployment) }];
  }
  if (ON_PARAMETER_GROUPS.includes(operation)) {
    const name = textOf(input.DBParameterGroupName);
    return name === undefined ? null : [{ action, resource: regional('rds', `pg:${name}`, deployment) }];
  }
  return operation === 'DescribeEvents' ? [{ action, resource: '*' }] : null;
};
