import type { ResourceStateOf } from '#shared/domain/logs/resource-state.ts';

type Refresh = ResourceStateOf<'auto-scaling-group'>['refresh'];

/**
 * Statuses in which a refresh replaces instances, or rolls the replacement back.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceRefresh.html
 */
const UNDER_WAY: ReadonlySet<string> = new Set(['Pending', 'InProgress', 'Baking', 'Cancelling', 'RollbackInProgress']);
/** Statuses in which it can be cancelled. */
const CANCELLABLE: ReadonlySet<string> = new Set(['Pending', 'InProgress', 'Baking']);

export const isRefreshing = (refresh: Refresh): boolean => refresh !== null && UNDER_WAY.has(refresh.status);

export const isCancellable = (refresh: Refresh): boolean => refresh !== null && CANCELLABLE.has(refresh.status);
