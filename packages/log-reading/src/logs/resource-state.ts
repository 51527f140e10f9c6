import * as z from 'zod';

const Count = z.number().int().nonnegative();

/** A resource that a remedy changes, as AWS reports it. */
export const ResourceState = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ecs-service'),
    cluster: z.string(),
    service: z.string(),
    taskDefinition: z.string(),
    /** Of the newest deployment; a forced one gets a new id. */
    deploymentId: z.string(),
    /** Whether no roll-out is in progress. */
    settled: z.boolean(),
    desiredCount: Count,
    runningCount: Count,
  }),
  z.strictObject({
    kind: z.literal('lambda-function'),
    functionName: z.string(),
    /** Of `$LATEST`. */
    memoryMb: Count,
    /** Of the configuration of `$LATEST`; changes with each change of it. */
    revisionId: z.string(),
    /** Whether no change of it is in progress. */
    settled: z.boolean(),
    /** Null: nothing is reserved. 0: somebody switched the function off. */
    reservedConcurrency: Count.nullable(),
  }),
  z.strictObject({
    kind: z.literal('auto-scaling-group'),
    group: z.string(),
    desiredCapacity: Count,
    maxSize: Count,
    /** Instances that are in service and healthy. */
    healthyInstances: Count,
    /** The newest instance refresh. */
    refresh: z.strictObject({ id: z.string(), status: z.string() }).nullable(),
  }),
  z.strictObject({
    kind: z.literal('rds-instance'),
    instance: z.string(),
    /** `available`, `rebooting`, `modifying`, ... */
    status: z.string(),
    /** When it was last restarted, within the two weeks that RDS records. */
    restartedAt: z.iso.datetime({ offset: true }).nullable(),
    /** Such as `db.r8g.large`; absent in states that were read by older versions. */
    instanceClass: z.string().optional(),
    /** The class that the instance is being given, or gets in its maintenance window; null: none. Absent as above. */
    nextClass: z.string().nullable().optional(),
  }),
  z.strictObject({
    kind: z.literal('aurora-cluster'),
    cluster: z.string(),
    /** `available`, `modifying`, ... */
    status: z.string(),
    /** In Aurora capacity units, which come in halves; null: not a Serverless v2 cluster. */
    capacity: z.strictObject({ min: z.number().nonnegative(), max: z.number().nonnegative() }).nullable(),
  }),
  z.strictObject({
    kind: z.literal('rds-parameter'),
    instance: z.string(),
    parameterGroup: z.string(),
    parameter: z.string(),
    /** Null: not a plain number. */
    value: Count.nullable(),
    /** Whether it may be changed, and takes effect without a restart. */
    dynamic: z.boolean(),
    /** Whether the database is available and runs with the values of this group. */
    inUse: z.boolean(),
  }),
]);
export type ResourceState = z.infer<typeof ResourceState>;
export type ResourceStateOf<K extends ResourceState['kind']> = Extract<ResourceState, { kind: K }>;

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
