import { nearestValue } from '@selfheal/kernel/text/nearest-value.ts';

/** What other tools call an action, and the actions that do it here; the first that fits counts. */
const MEANINGS: readonly (readonly [words: RegExp, actions: readonly string[]])[] = [
  [/connection.?pool|parameter/, ['change-rds-parameter']],
  [/(?:restart|reboot).*(?:database|db|rds|postgres|mysql)/, ['reboot-rds-instance']],
  [/scale.*(?:database|db|rds|aurora|postgres|mysql)/, ['scale-rds-instance', 'scale-aurora-cluster']],
  [/restart|reboot|redeploy/, ['redeploy-ecs-service', 'refresh-instances', 'reboot-rds-instance']],
  [/memory/, ['raise-lambda-memory']],
  [/scale|instances/, ['scale-ecs-service', 'scale-auto-scaling-group']],
  [/concurrency/, ['set-lambda-concurrency']],
  [/roll.?back/, ['rollback-lambda-alias', 'rollback-ecs-service']],
  [/re-?run|retry/, ['rerun-failed-jobs']],
];

/** The actions that do what a name of other tools says; none if it says nothing that an action does. */
export const actionsMeaning = (name: string): readonly string[] =>
  MEANINGS.find(([words]) => words.test(name.toLowerCase().replaceAll('_', '-')))?.[1] ?? [];

/** That there is no action with this id, and what to write instead where its name says what it should do. */
export function noSuchAction(id: string, known: readonly string[]): string {
  const nearest = nearestValue(id, known);
  const meant = nearest === null ? actionsMeaning(id).filter((one) => known.includes(one)) : [nearest];
  const hint = meant.length === 0 ? '' : ` Write ${meant.join(' or ')} instead, as the service allows.`;
  return `There is no action ${id}.${hint} GET /api/actions lists them, and where each is allowed.`;
}
