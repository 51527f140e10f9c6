import * as z from 'zod';

/** The names by which an entry says what it changes; where it gives none, that is the deployment of its service. */
export const REMEDY_TARGET = {
  functionName: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  autoScalingGroup: z.string().regex(/^[A-Za-z0-9_.-]{1,255}$/),
  /** Of a database. */
  instance: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** Of a cluster of Aurora Serverless v2. */
  auroraCluster: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** Used by this database only, because all databases of a parameter group get its values. */
  parameterGroup: z.string().regex(/^[a-z][a-z0-9-]{0,254}$/),
  /** A number that takes effect without a restart, such as `max_connections` of MySQL. */
  parameter: z.string().regex(/^[a-z][a-z0-9_.]{0,99}$/),
} as const;

/** The service's alarms that this cures, as its owner knows; proposed only while one of them is in ALARM. */
export const RemedyAlarms = z.array(z.string().min(1).max(255)).min(1);

/**
 * What may be done to a service besides rolling back its deployment, with the owner's bounds. What is not listed is
 * never proposed. The action that the entry names reads the bounds and refuses what it does not know.
 */
export const Remedy = z.looseObject({
  action: z.string().min(1).max(60),
  alarms: RemedyAlarms,
  /** Whether people may ask for it while its alarms are quiet; only of actions whose entry has it. */
  onRequest: z.boolean().optional(),
  ...z.object(REMEDY_TARGET).partial().shape,
});
export type Remedy = z.infer<typeof Remedy>;

export interface RemediedService {
  readonly alarms: readonly string[];
  readonly deployment: { readonly kind: string; readonly functionName?: string } | null;
  readonly remedies: readonly Remedy[];
}

/** What an action says of the entries that owners list for it. */
export interface RemedyKind<R extends Remedy = Remedy> {
  /** Id of the action. */
  readonly action: string;
  /** One entry, with everything that it may hold, strictly. */
  readonly entry: z.ZodType<R>;
  /** Why the entry does not fit the service, in plain words; null when it does. */
  problem?(remedy: R, service: Pick<RemediedService, 'deployment'>): string | null;
}

/** The entry as its action reads it; null when it is another action's, or does not fit. */
export function readRemedy<R extends Remedy>(remedy: Remedy, { action, entry }: RemedyKind<R>): R | null {
  const parsed = remedy.action === action ? entry.safeParse(remedy) : null;
  return parsed?.success ? parsed.data : null;
}

/** What is wrong with a service's remedies whatever their actions are, in plain words, by their places in the list. */
export function remedyProblems({ alarms: own, remedies }: RemediedService): { index: number; problem: string }[] {
  return remedies.flatMap((remedy, index) => {
    const foreign = remedy.alarms.filter((alarm) => !own.includes(alarm));
    const twice = remedies.slice(0, index).some((other) => isSame(other, remedy));
    const problems = [
      ...foreign.map((alarm) => `${alarm} is not among the alarms of the service`),
      ...(twice ? [`${remedy.action} is listed twice for an alarm`] : []),
    ];
    return problems.map((problem) => ({ index, problem }));
  });
}

const isSame = (one: Remedy, other: Remedy): boolean =>
  one.action === other.action && one.alarms.some((alarm) => other.alarms.includes(alarm));

/** What is wrong with an entry by what its action says, and where in it: an action that nobody knows, a missing bound, a word too much. */
export function entryProblems(
  remedy: Remedy,
  service: Pick<RemediedService, 'deployment'>,
  kinds: readonly RemedyKind[],
): { path: readonly PropertyKey[]; problem: string }[] {
  const kind = kinds.find(({ action }) => action === remedy.action);
  if (kind === undefined) {
    const known = kinds.map(({ action }) => action).join(', ');
    return [{ path: ['action'], problem: `no action has a remedy named ${remedy.action}; these do: ${known}` }];
  }
  const parsed = kind.entry.safeParse(remedy);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => ({ path, problem: message }));
  const problem = kind.problem?.(parsed.data, service) ?? null;
  return problem === null ? [] : [{ path: [], problem }];
}
