import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { unknownValue } from '#shared/kernel/text/nearest-value.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';

/** What other tools call an action, and the actions that do it here; the first that fits counts. */
const MEANINGS: readonly (readonly [words: RegExp, actions: readonly string[]])[] = [
  [/connection.?pool|parameter/, ['change-rds-parameter']],
  [/(?:restart|reboot).*(?:database|db|rds|postgres|mysql)/, ['reboot-rds-instance']],
  [/restart|reboot|redeploy/, ['redeploy-ecs-service', 'refresh-instances', 'reboot-rds-instance']],
  [/memory/, ['raise-lambda-memory']],
  [/scale|instances/, ['scale-ecs-service', 'scale-auto-scaling-group']],
  [/concurrency/, ['set-lambda-concurrency']],
  [/roll.?back/, ['rollback-lambda-alias', 'rollback-ecs-service']],
  [/re-?run|retry/, ['rerun-failed-jobs']],
];

/**
 * The ids of the actions that a name means: an action or a playbook of this deployment, also with underscores, or else every action that does what
 * the name says. Throws `UsageError` that lists them.
 */
export function actionsNamed(given: string, playbooks: readonly string[] = []): readonly string[] {
  const id = given.trim().toLowerCase().replaceAll('_', '-');
  const known = [...ACTIONS.map((action) => action.id), ...playbooks];
  if (known.includes(id)) return [id];
  const meant = MEANINGS.find(([words]) => words.test(id))?.[1];
  if (meant !== undefined) return meant;
  throw new UsageError(unknownValue('action', given, known));
}

/** The same, and says what the name means here where it is none of an action. */
export function actionsMeant(given: string, terminal: Pick<Terminal, 'say'>): readonly string[] {
  const ids = actionsNamed(given);
  if (ids.length > 1 || ids[0] !== given) terminal.say(`selfheal: ${cleanText(given, 60)} is here: ${ids.join(', ')}`);
  return ids;
}
