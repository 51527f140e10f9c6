import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { actionsMeaning } from '#shared/app/actions/action-meanings.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';

/**
 * The ids of the actions that a name means: an action or a playbook of this deployment, also with underscores, or else every action that does what
 * the name says. Throws `UsageError` that lists them.
 */
export function actionsNamed(given: string, playbooks: readonly string[] = []): readonly string[] {
  const id = given.trim().toLowerCase().replaceAll('_', '-');
  const known = [...ACTIONS.map((action) => action.id), ...playbooks];
  if (known.includes(id)) return [id];
  const meant = actionsMeaning(id);
  if (meant.length > 0) return meant;
  throw new UsageError(unknownValue('action', given, known));
}

/** The same, and says what the name means here where it is none of an action. */
export function actionsMeant(given: string, terminal: Pick<Terminal, 'say'>): readonly string[] {
  const ids = actionsNamed(given);
  if (ids.length > 1 || ids[0] !== given) terminal.say(`selfheal: ${cleanText(given, 60)} is here: ${ids.join(', ')}`);
  return ids;
}
