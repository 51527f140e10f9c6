import type { ChannelMessage } from './channel-message.ts';

/** The name of the fact that says why it failed. */
export const CAUSE = 'Cause';

/** At most `limit` characters: whole sentences where the first one fits, else whole words and an ellipsis. */
export function cutAtSentence(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const start = text.slice(0, limit).toWellFormed();
  const sentence = [...start.matchAll(/[.!?](?=\s|$)/g)].at(-1);
  // A full stop at the limit may be the middle of a word.
  if (sentence !== undefined && /\s/.test(text[sentence.index + 1] ?? '')) return start.slice(0, sentence.index + 1);
  const word = text.slice(0, limit - 1).search(/\s+\S*$/);
  return `${text
    .slice(0, word > limit / 2 ? word : limit - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')
    .trimEnd()}…`;
}

/** Shortest form of a paragraph, in characters. */
const SHORT = 160;
const SHORT_CAUSE = 100;

/**
 * The message in a form that a service takes. What tells least goes first: quoted lines but the first, facts from the last on, paragraphs from the
 * last on (cut at a sentence, then left out), the first quoted line, links but the first. The title, the cause and the first link stay to the end.
 */
export function fitMessage(message: ChannelMessage, fits: (message: ChannelMessage) => boolean): ChannelMessage {
  let best = message;
  for (const reduce of reductionsOf(message)) {
    if (fits(best)) return best;
    best = reduce(best);
  }
  return best;
}

type Reduction = (message: ChannelMessage) => ChannelMessage;
const down = (length: number): number[] => Array.from({ length: Math.max(0, length) }, (_, at) => length - 1 - at);

function reductionsOf({ quoted, facts, paragraphs, links }: ChannelMessage): Reduction[] {
  const others = down(facts.length).filter((at) => facts[at]?.name !== CAUSE);
  return [
    ...down(quoted.length - 1).map(
      (kept): Reduction =>
        (now) => ({ ...now, quoted: quoted.slice(0, kept + 1) }),
    ),
    ...others.map(
      (at): Reduction =>
        (now) => ({ ...now, facts: now.facts.filter((fact) => fact !== facts[at]) }),
    ),
    ...down(paragraphs.length).map(
      (at): Reduction =>
        (now) => ({
          ...now,
          paragraphs: now.paragraphs.with(at, cutAtSentence(now.paragraphs[at] ?? '', SHORT)),
        }),
    ),
    ...down(paragraphs.length - 1).map(
      (kept): Reduction =>
        (now) => ({
          ...now,
          paragraphs: now.paragraphs.slice(0, kept + 1),
        }),
    ),
    (now) => ({ ...now, quoted: [] }),
    ...down(links.length - 1).map(
      (kept): Reduction =>
        (now) => ({ ...now, links: links.slice(0, kept + 1) }),
    ),
    (now) => ({ ...now, paragraphs: [] }),
    (now) => ({
      ...now,
      facts: now.facts.slice(0, 1).map((fact) => ({ ...fact, value: cutAtSentence(fact.value, SHORT_CAUSE) })),
    }),
  ];
}
