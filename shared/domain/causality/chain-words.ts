import type { CausalChain, ChainEvent } from './chain.ts';
import { instantOfLine } from './instant.ts';

/** Whether the chain tells more than the evidence does: more than lines in their order, and what sums them up. */
export function isTelling({ cause, followed }: CausalChain): boolean {
  return (
    followed.some(({ link }) => link === 'stated' || link === 'same-name' || link === 'cascade') ||
    (cause.ref === null && followed.length > 0)
  );
}

const LONGEST = 160;

/** `09:41:12 UTC`, or nothing when the time is not known. */
function clock({ at }: ChainEvent): string {
  const time = at === null ? undefined : /T(\d\d:\d\d:\d\d)/.exec(at)?.[1];
  return time === undefined ? '' : `${time} UTC: `;
}

/** A time that the line begins with is told by the clock already. */
function timeLength(text: string): number {
  const own = instantOfLine(text);
  return own === null || own.start > 1 ? 0 : own.end + (own.start === 1 ? 1 : 0);
}

function said({ text, times }: ChainEvent): string {
  const plain = text.slice(timeLength(text)).replaceAll('`', "'").trim();
  const shown = plain.length > LONGEST ? `${plain.slice(0, LONGEST)}...` : plain;
  return `\`${shown}\`${times > 1 ? ` (${times} times)` : ''}`;
}

/** One line for the first cause and one for each of what followed, with why. Texts of logs are tainted. */
export function chainLines({ cause, followed }: CausalChain): string[] {
  const first = `First, ${clock(cause)}${said(cause)}: ${cause.why}.`;
  const rest = followed
    .filter(({ link }) => link !== 'summary')
    .map((event) => `Then, ${clock(event)}${said(event)}: ${event.why}.`);
  return [first, ...rest];
}
