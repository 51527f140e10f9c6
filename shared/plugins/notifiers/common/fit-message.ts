import { cutAtSentence } from '@selfheal/kernel/text/shortened-text.ts';
import { CAUSE, type ChannelMessage } from './channel-message.ts';

/** Shortest form of a paragraph, in characters. */
const SHORT = 160;
const SHORT_CAUSE = 100;

/**
 * The message in a form that a service takes. What tells least goes first: quoted lines but the first, facts from the last on, paragraphs from the
 * last on (cut at a sentence, then left out), the first quoted line, links but the first. The title, the cause and the first link stay to the end.
 */
export function fitMessage(message: ChannelMessage, fits: (message: ChannelMessage) => boolean): ChannelMessage {
  // Services refuse a text without a character.
  let best = message.quoted.join('') === '' ? { ...message, quoted: [] } : message;
  for (const reduce of reductionsOf(best)) {
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
