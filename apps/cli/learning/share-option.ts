import { UsageError } from '../command.ts';

/** The share of an option, 0 to 1, or `otherwise` when it was not given. */
export function shareOption(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(given) && value <= 1) return value;
  throw new UsageError(`--${name} ${given}: give a number from 0 to 1, such as ${otherwise}.`);
}
