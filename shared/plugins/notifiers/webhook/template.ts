import * as z from 'zod';
import type { ChannelMessage } from '../common/channel-message.ts';
import { fitMessage } from '../common/fit-message.ts';
import { quiet } from '../common/inert-text.ts';

/** Characters of a body; servers of one's own often refuse longer ones. */
const MAX_BODY = 30_000;
const PLACEHOLDER = /\{(\w+)\}/g;

/** A message with the cause, which is a fact of it only where its title does not say it. */
export interface Explained extends ChannelMessage {
  readonly cause: string;
}

/**
 * What stands for each placeholder. Texts of outsiders hold neither mention nor link that a service could make live; `link` and `links` are Selfheal's
 * own.
 */
const VALUES = {
  title: ({ title }) => quiet(title),
  text: ({ paragraphs }) => quiet(paragraphs.join('\n\n')),
  cause: ({ cause }) => quiet(cause),
  facts: ({ facts }) => facts.map(({ name, value }) => `${name}: ${quiet(value)}`).join('\n'),
  quoted: ({ quoted }) => quiet(quoted.join('\n')),
  link: ({ links }) => links[0]?.url ?? '',
  links: ({ links }) => links.map(({ name, url }) => `${quiet(name)}: ${url}`).join('\n'),
  tone: ({ tone }) => tone,
  incident: ({ incidentId }) => incidentId ?? '',
} as const satisfies Record<string, (message: Explained) => string>;

const isKnown = (name: string): name is keyof typeof VALUES => Object.hasOwn(VALUES, name);

/** A JSON object in whose texts `{title}`, `{cause}` and the like stand for parts of a message. */
export const BodyTemplate = z.record(z.string(), z.unknown()).superRefine((template, context) => {
  for (const [, name = ''] of JSON.stringify(template).matchAll(PLACEHOLDER))
    if (!isKnown(name))
      context.addIssue({
        code: 'custom',
        message: `There is no placeholder {${name}}. There are: ${Object.keys(VALUES).join(', ')}.`,
      });
});
type BodyTemplate = z.output<typeof BodyTemplate>;

/** The message in a body of the template's form. Only whole texts are filled in, so the body is JSON whatever they hold. */
export function filled(template: BodyTemplate, { cause, ...message }: Explained): unknown {
  const body = (of: ChannelMessage) => filledValue(template, { ...of, cause });
  return body(fitMessage(message, (one) => JSON.stringify(body(one)).length <= MAX_BODY));
}

function filledValue(value: unknown, message: Explained): unknown {
  if (typeof value === 'string')
    return value.replaceAll(PLACEHOLDER, (whole, name: string) => (isKnown(name) ? VALUES[name](message) : whole));
  if (Array.isArray(value)) return value.map((one) => filledValue(one, message));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filledValue(one, message)]));
}
