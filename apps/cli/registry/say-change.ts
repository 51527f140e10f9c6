import type { Changed } from '#shared/domain/learning/model-registry.ts';
import type { ExitCode } from '../command.ts';
import type { Terminal } from '../terminal.ts';

/** Prints what became of a change of stages. A refusal is exit code 1, its reasons one a line. */
export async function sayChange(changed: Changed, done: string, json: boolean, terminal: Terminal): Promise<ExitCode> {
  if (json) {
    const production = changed.kind === 'changed' ? changed.registry.history.at(-1) : undefined;
    const { kind } = changed;
    const rest =
      changed.kind === 'refused' ? { reasons: changed.reasons } : { production, comparison: changed.comparison };
    await terminal.write(`${JSON.stringify({ result: kind, ...rest })}\n`);
  } else if (changed.kind === 'changed') await terminal.write(`${done}\n`);
  if (changed.kind === 'changed') return 0;
  for (const reason of changed.reasons) terminal.say(`selfheal: refused: ${reason}`);
  return 1;
}
