import { shortenedText } from '../../kernel/text/shortened-text.ts';
import type { CausalChain, ChainEvent } from './chain.ts';
import { instantOfLine } from './instant.ts';

/**
 * Whether the chain tells more than the order of the log does: the log says itself what came of what, a change came before, or what
 * followed is tied to the cause and came at another time. Lines of one moment, and lines without a time, are in no known order.
 */
export function isTelling(chain: CausalChain): boolean {
  const { cause } = chain;
  const followed = shownEvents(chain);
  if (followed.some(({ link }) => link === 'stated')) return true;
  if (followed.length === 0 || cause.at === null) return false;
  const isLater = ({ at }: ChainEvent): boolean => at !== null && clock({ at }) !== clock(cause);
  // That the alarm rang after an error is no news.
  return followed.some((event) => (cause.ref === null || event.ref !== null) && isLater(event));
}

/** What only sums up, or merely stands behind the cause, says nothing of what came of it. */
function shownEvents({ followed }: CausalChain): ChainEvent[] {
  return followed.filter(({ link }) => link !== 'summary' && link !== 'order');
}

const LONGEST = 160;

/** `09:41:12 UTC`, or nothing when the time is not known. */
function clock({ at }: Pick<ChainEvent, 'at'>): string {
  const time = at === null ? undefined : /T(\d\d:\d\d:\d\d)/.exec(at)?.[1];
  return time === undefined ? '' : `${time} UTC: `;
}

/** A time that the line begins with is told by the clock already. */
function timeLength(text: string): number {
  const own = instantOfLine(text);
  return own === null || own.start > 1 ? 0 : own.end + (own.start === 1 ? 1 : 0);
}

function said({ text }: ChainEvent): string {
  const plain = text.slice(timeLength(text)).replaceAll('`', "'").trim();
  return `\`${shortenedText(plain, LONGEST)}\``;
}

/** One line for the first cause and one for each of what followed, with why. Texts of logs are tainted. */
export function chainLines(chain: CausalChain): string[] {
  const { cause } = chain;
  const first = `First, ${clock(cause)}${said(cause)}: ${cause.why}.`;
  const rest = shownEvents(chain).map((event) => `Then, ${clock(event)}${said(event)}: ${event.why}.`);
  return [first, ...rest];
}
