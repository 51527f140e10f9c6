import * as z from 'zod';

/** The alarms of the service that this cures, as its owner knows: while none of them rings, it is never proposed. */
const alarms = z.array(z.string().min(1).max(255)).min(1);
const FunctionName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const GroupName = z.string().regex(/^[A-Za-z0-9_.-]{1,255}$/);
const DatabaseName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

const ScaleEcsService = z.strictObject({
  action: z.literal('scale-ecs-service'),
  alarms,
  /** Tasks that are added at once. */
  step: z.number().int().min(1).max(100).default(1),
  /** Never more tasks than these. */
  maxDesiredCount: z.number().int().min(1).max(1000),
});

const RedeployEcsService = z.strictObject({ action: z.literal('redeploy-ecs-service'), alarms });

const RaiseLambdaMemory = z.strictObject({
  action: z.literal('raise-lambda-memory'),
  alarms,
  /** Of a function that is called without alias and version: published versions keep the memory they have. */
  functionName: FunctionName,
  /** Memory is doubled, up to this. */
  maxMemoryMb: z.number().int().min(128).max(10_240),
});

const SetLambdaConcurrency = z.strictObject({
  action: z.literal('set-lambda-concurrency'),
  alarms,
  functionName: FunctionName,
  /** What the reservation is set to when the alarm rings: more, where it is throttled; less, where it overruns what stands behind it. */
  reservedConcurrency: z.number().int().min(1).max(10_000),
});

const ScaleAutoScalingGroup = z.strictObject({
  action: z.literal('scale-auto-scaling-group'),
  alarms,
  autoScalingGroup: GroupName,
  /** Instances that are added at once. */
  step: z.number().int().min(1).max(100).default(1),
  /** Never more instances than these; the group's own limit holds as well. */
  maxDesiredCapacity: z.number().int().min(1).max(1000),
});

const RefreshInstances = z.strictObject({
  action: z.literal('refresh-instances'),
  alarms,
  autoScalingGroup: GroupName,
  /** Per cent of the group that stays in service meanwhile. */
  minHealthyPercentage: z.number().int().min(50).max(100).default(90),
});

const RebootRdsInstance = z.strictObject({ action: z.literal('reboot-rds-instance'), alarms, instance: DatabaseName });

const ChangeRdsParameter = z.strictObject({
  action: z.literal('change-rds-parameter'),
  alarms,
  instance: DatabaseName,
  /** Used by this database alone: all databases of a parameter group get its values. */
  parameterGroup: z.string().regex(/^[a-z][a-z0-9-]{0,254}$/),
  /** A number that takes effect without a restart, `max_connections` of MySQL for one. */
  parameter: z.string().regex(/^[a-z][a-z0-9_.]{0,99}$/),
  /** By how much it is raised at once. */
  step: z.number().int().min(1).max(1_000_000),
  /** Never more than this. */
  maximum: z.number().int().min(1).max(1_000_000_000),
});

/** What may be done to a service beside taking back its deployment, with the owner's bounds. What is not listed is never proposed. */
export const Remedy = z.discriminatedUnion('action', [
  ScaleEcsService,
  RedeployEcsService,
  RaiseLambdaMemory,
  SetLambdaConcurrency,
  ScaleAutoScalingGroup,
  RefreshInstances,
  RebootRdsInstance,
  ChangeRdsParameter,
]);
export type Remedy = z.infer<typeof Remedy>;
export type RemedyOf<A extends Remedy['action']> = Extract<Remedy, { action: A }>;

interface Remedied {
  readonly alarms: readonly string[];
  readonly deployment: { readonly kind: string; readonly functionName?: string } | null;
  readonly remedies: readonly Remedy[];
}

/** What is wrong with a service's remedies, in plain words, by their places in the list. */
export function remedyProblems({ alarms: own, deployment, remedies }: Remedied): { index: number; problem: string }[] {
  return remedies.flatMap((remedy, index) => {
    const foreign = remedy.alarms.filter((alarm) => !own.includes(alarm));
    const twice = remedies.slice(0, index).some((other) => isSame(other, remedy));
    const unfit = unfitReason(remedy, deployment);
    const problems = [
      ...foreign.map((alarm) => `${alarm} is not among the alarms of the service`),
      ...(twice ? [`${remedy.action} is listed twice for an alarm`] : []),
      ...(unfit === null ? [] : [unfit]),
    ];
    return problems.map((problem) => ({ index, problem }));
  });
}

const isSame = (one: Remedy, other: Remedy): boolean =>
  one.action === other.action && one.alarms.some((alarm) => other.alarms.includes(alarm));

function unfitReason(remedy: Remedy, deployment: Remedied['deployment']): string | null {
  switch (remedy.action) {
    case 'scale-ecs-service':
    case 'redeploy-ecs-service':
      return deployment?.kind === 'ecs-service' ? null : `${remedy.action} needs a deployment of the kind ecs-service`;
    case 'raise-lambda-memory':
      return deployment?.functionName === remedy.functionName
        ? `${remedy.functionName} is called by an alias, and a published version keeps the memory it has`
        : null;
    default:
      return null;
  }
}
