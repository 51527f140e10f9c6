import { durationWords } from '@selfheal/kernel/time-words.ts';
import type { Terminal } from './terminal.ts';

/** Shorter work says nothing, and longer work speaks no more often. */
const BETWEEN_MILLISECONDS = 5_000;

/**
 * Makes the function that long work calls with how much of `total` is done, in any unit. It says on stderr how far the work is, and how long the
 * rest takes at the pace so far.
 */
export function makeProgress(
  what: string,
  total: number,
  { say, now }: Pick<Terminal, 'say' | 'now'>,
): (done: number) => void {
  const began = now();
  let saidAt = began;
  return (done) => {
    const at = now();
    if (done <= 0 || done >= total || at - saidAt < BETWEEN_MILLISECONDS) return;
    saidAt = at;
    const left = ((at - began) / done) * (total - done);
    say(`selfheal: ${what}: ${Math.floor((done / total) * 100)} % done, about ${leftWords(left)} left`);
  };
}

const leftWords = (milliseconds: number): string =>
  milliseconds < 100_000 ? `${Math.ceil(milliseconds / 1000)} s` : durationWords(milliseconds);
