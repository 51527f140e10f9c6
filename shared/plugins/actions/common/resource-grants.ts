import { present } from '@selfheal/kernel/present.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { RemedyKind } from '#shared/domain/plan/remedies.ts';
import { type ResourceRef, resourceOf } from '#shared/domain/plan/resource-ref.ts';
import { type ActionGrants, type Grant, NO_GRANTS } from '../contract.ts';
import { READ_ALARMS } from './alarm-verification.ts';

/** An ARN in the deployment's account and region. */
const here = (service: string, resource: string): string =>
  `arn:\${Partition}:${service}:\${Region}:\${Account}:${resource}`;

/** The ARN of a remedy's resource. The ARN of an Auto Scaling group contains an id that only AWS knows. */
function resourceArn(ref: ResourceRef): string {
  switch (ref.kind) {
    case 'ecs-service':
      return here('ecs', `service/${ref.cluster}/${ref.service}`);
    case 'lambda-function':
      return here('lambda', `function:${ref.functionName}`);
    case 'auto-scaling-group':
      return here('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${ref.group}`);
    case 'rds-instance':
      return here('rds', `db:${ref.instance}`);
    case 'aurora-cluster':
      return here('rds', `cluster:${ref.cluster}`);
    case 'rds-parameter':
      return here('rds', `pg:${ref.parameterGroup}`);
    default:
      return ref satisfies never;
  }
}

/** Grants to read the resources of remedies, as `ResourceReader` does. `*` only for read-only calls without resource-level permissions. */
export function resourceReads(refs: readonly ResourceRef[]): Grant[] {
  return refs.flatMap((ref): Grant[] => {
    const own = { resources: [resourceArn(ref)] };
    switch (ref.kind) {
      case 'ecs-service':
        return [{ actions: ['ecs:DescribeServices'], ...own }];
      case 'lambda-function':
        return [{ actions: ['lambda:GetFunctionConfiguration', 'lambda:GetFunctionConcurrency'], ...own }];
      case 'auto-scaling-group':
        return [
          {
            actions: ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeInstanceRefreshes'],
            resources: ['*'],
          },
        ];
      case 'rds-instance':
        return [
          { actions: ['rds:DescribeDBInstances'], ...own },
          { actions: ['rds:DescribeEvents'], resources: ['*'] },
        ];
      case 'aurora-cluster':
        return [{ actions: ['rds:DescribeDBClusters'], ...own }];
      case 'rds-parameter':
        return [
          { actions: ['rds:DescribeDBInstances'], resources: [here('rds', `db:${ref.instance}`)] },
          { actions: ['rds:DescribeDBParameters'], ...own },
        ];
      default:
        return ref satisfies never;
    }
  });
}

/**
 * Grants for this action's configured remedies and nothing else: `change` executes them, `restore` undoes them. `by`: the function that alone gets
 * both rights, instead of whoever executes and undoes.
 */
export function remedyGrants(
  { services }: Configuration,
  { action }: Pick<RemedyKind, 'action'>,
  {
    change,
    restore = null,
    conditions,
    by = null,
  }: {
    readonly change: string;
    readonly restore?: string | null;
    readonly conditions?: Grant['conditions'];
    readonly by?: string | null;
  },
): ActionGrants {
  const refs = services.flatMap((service) =>
    service.remedies.flatMap((remedy) => (remedy.action === action ? (resourceOf(remedy, service) ?? []) : [])),
  );
  if (refs.length === 0) return NO_GRANTS;
  const read = resourceReads(refs);
  const grantOf = (right: string): Grant => ({
    actions: [right],
    resources: [...new Set(refs.map(resourceArn))],
    ...present({ conditions }),
  });
  const restoring = restore === null ? [] : [grantOf(restore)];
  return {
    execute: by === null ? [grantOf(change)] : [],
    observe: [...read, READ_ALARMS],
    undo: restore === null ? [] : [...read, ...(by === null ? restoring : [])],
    ...(by === null ? {} : { delegated: { [by]: [grantOf(change), ...restoring] } }),
  };
}
