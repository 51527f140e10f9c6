import { shortenedText } from '@selfheal/kernel/text/shortened-text.ts';
import { instantOfLine } from '@selfheal/log-reading/logs/instant.ts';
import type { CausalChain, ChainEvent } from './chain.ts';

/**
 * Whether the chain says more than the order of the log does: the log itself states causes, a change came before, or
 * what followed is linked to the cause and happened at another time. Lines of the same moment and lines without a time
 * have no known order.
 */
export function isInformative(chain: CausalChain): boolean {
  const { cause } = chain;
  const followed = shownEvents(chain);
  if (followed.some(({ link }) => link === 'stated')) return true;
  if (followed.length === 0 || cause.at === null) return false;
  const isLater = ({ at }: ChainEvent): boolean => at !== null && clock({ at }) !== clock(cause);
  // That the alarm went off after an error says nothing new.
  return followed.some((event) => (cause.ref === null || event.ref !== null) && isLater(event));
}

/** Lines that only summarise, or merely come after the cause, say nothing about consequences. */
function shownEvents({ followed }: CausalChain): ChainEvent[] {
  return followed.filter(({ link }) => link !== 'summary' && link !== 'order');
}

const LONGEST = 160;

/** `09:41:12 UTC: `, or nothing when the time is unknown. */
function clock({ at }: Pick<ChainEvent, 'at'>): string {
  const time = at === null ? undefined : /T(\d\d:\d\d:\d\d)/.exec(at)?.[1];
  return time === undefined ? '' : `${time} UTC: `;
}

/** Length of a timestamp at the beginning of the line; the clock shows it already. */
function timeLength(text: string): number {
  const own = instantOfLine(text);
  return own === null || own.start > 1 ? 0 : own.end + (own.start === 1 ? 1 : 0);
}

function said({ text }: ChainEvent): string {
  const plain = text.slice(timeLength(text)).replaceAll('`', "'").trim();
  return `\`${shortenedText(plain, LONGEST)}\``;
}

/** One line for the first cause and one for each consequence, with the reason. Texts of logs are tainted. */
export function chainLines(chain: CausalChain): string[] {
  const { cause } = chain;
  const first = `First, ${clock(cause)}${said(cause)}: ${cause.why}.`;
  const rest = shownEvents(chain).map((event) => `Then, ${clock(event)}${said(event)}: ${event.why}.`);
  return [first, ...rest];
}
