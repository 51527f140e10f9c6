import type { ExitCode } from '@selfheal/cli-kit/command.ts';
import { type Terminal, writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import type { ChangeResult } from '#shared/app/learning/pattern-maintenance.ts';

const DONE = { done: 'done   ', 'dry-run': 'would  ', skipped: 'SKIPPED' } as const;

function render({ patternId, wording, event, reason, before, after, done }: ChangeResult): string {
  const moved = `${before.stage} ${before.confidence.toFixed(2)} -> ${after.retired ? 'retired' : `${after.stage} ${after.confidence.toFixed(2)}`}`;
  return `${DONE[done]}  ${event}  ${patternId}  ${moved}: ${wording}\n           ${reason}\n`;
}

/** Prints the results of changes. Returns exit code 1 when a change was skipped because somebody else changed the pattern meanwhile. */
export async function sayChanges(
  results: readonly ChangeResult[],
  asJson: boolean,
  terminal: Terminal,
): Promise<ExitCode> {
  if (results.length === 0) terminal.say('selfheal: nothing to change.');
  await writeTogether(
    terminal,
    results.map((result) => (asJson ? `${JSON.stringify(result)}\n` : render(result))),
  );
  const skipped = results.filter(({ done }) => done === 'skipped').length;
  if (skipped > 0)
    terminal.say(
      `selfheal: ${counted(skipped, 'change was', 'changes were')} skipped because somebody else changed the patterns meanwhile. Run the command again.`,
    );
  return skipped > 0 ? 1 : 0;
}
