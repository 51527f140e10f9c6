import * as z from 'zod';

/** The alarms of the service that this cures, as its owner knows: while none of them rings, it is never proposed. */
const alarms = z.array(z.string().min(1).max(255)).min(1);

const ScaleEcsService = z.strictObject({
  action: z.literal('scale-ecs-service'),
  alarms,
  /** Tasks that are added at once. */
  step: z.number().int().min(1).max(100).default(1),
  /** Never more tasks than these. */
  maxDesiredCount: z.number().int().min(1).max(1000),
});

const RedeployEcsService = z.strictObject({ action: z.literal('redeploy-ecs-service'), alarms });

/** What may be done to a service beside taking back its deployment, with the owner's bounds. What is not listed is never proposed. */
export const Remedy = z.discriminatedUnion('action', [ScaleEcsService, RedeployEcsService]);
export type Remedy = z.infer<typeof Remedy>;
export type RemedyOf<A extends Remedy['action']> = Extract<Remedy, { action: A }>;

interface Remedied {
  readonly alarms: readonly string[];
  readonly deployment: { readonly kind: string; readonly functionName?: string } | null;
  readonly remedies: readonly Remedy[];
}

/** What is wrong with a service's remedies, in plain words; each names the remedy's place in the list. */
export function remedyProblems({ alarms: own, deployment, remedies }: Remedied): { index: number; problem: string }[] {
  return remedies.flatMap((remedy, index) => {
    const foreign = remedy.alarms.filter((alarm) => !own.includes(alarm));
    const twice = remedies.slice(0, index).some((other) => isSame(other, remedy));
    const ofEcs = remedy.action === 'scale-ecs-service' || remedy.action === 'redeploy-ecs-service';
    const problems = [
      ...foreign.map((alarm) => `${alarm} is not among the alarms of the service`),
      ...(twice ? [`${remedy.action} is listed twice for an alarm`] : []),
      ...(ofEcs && deployment?.kind !== 'ecs-service'
        ? [`${remedy.action} needs a deployment of kind ecs-service`]
        : []),
    ];
    return problems.map((problem) => ({ index, problem }));
  });
}

const isSame = (one: Remedy, other: Remedy): boolean =>
  one.action === other.action && one.alarms.some((alarm) => other.alarms.includes(alarm));
