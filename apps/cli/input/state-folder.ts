import { randomInt } from 'node:crypto';
import { makeFolderState } from '#shared/adapters/state/folder-state.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import type { StateDeps } from '#shared/app/quality-state/update-document.ts';
import { CorruptRecord } from '#shared/kernel/errors.ts';
import { UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';

const DEFAULT_FOLDER = 'ci_metrics';

/** The option that names the folder which keeps `what` between runs. */
export const stateOption = (what: string) =>
  ({
    state: {
      type: 'string',
      value: 'DIR',
      about: `the folder ${what}; SELFHEAL_STATE or ${DEFAULT_FOLDER} by default`,
    },
  }) as const;

/** The folder that keeps what is known of a repository between runs, as all quality checks use it. */
export const stateFolder = (given: string | undefined, environment: Terminal['environment']): string =>
  given ?? (environment.SELFHEAL_STATE || DEFAULT_FOLDER);

/** State in a folder, dated by the terminal's clock. The age of a lock is real time, whatever a terminal is told. */
export function folderState(folder: string, terminal: Pick<Terminal, 'now'>): StateDeps {
  const spread = 1_000_000;
  const clock = { ...systemClock, now: () => new Date(terminal.now()) };
  return { state: makeFolderState(folder, systemClock), clock, random: () => randomInt(spread) / spread };
}

/** Runs `work`; a state document that a person has to mend is bad input. */
export async function withState<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof CorruptRecord ? new UsageError(error.message) : error;
  }
}
