import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { withoutNamedSecrets } from '@selfheal/redaction/named-json.ts';
import type { Redactor } from '@selfheal/redaction/redact.ts';
import type { Fields, Value } from './sent-line.ts';

/** What a sender says of a line beside its text, by name; redacted, and cut to what fits beside a line. */
export type LineAttributes = Readonly<Record<string, RedactedText>>;

const MAX_ATTRIBUTES = 12;
export const MAX_ATTRIBUTE_NAME = 80;
export const MAX_ATTRIBUTE_LENGTH = 200;
/** Values that are looked at; nothing of a longer one is kept, for half a secret would not be recognised as one. */
const MAX_EXAMINED = 2_000;
/** Said by the entry itself: its service, time, level and text; and what tells of the sender's library only. */
const SAID =
  /^(?:service(?:[._]name)?|app(?:lication|name)?|@?timestamp|time|level|severity|log\.level|message|msg|log|event|text|exception\.(?:type|message)|telemetry\..*)$/i;
const CREDENTIALS = /(?:^|[._-])(?:(?:set-?)?cookies?|(?:proxy-?)?authorization)$/i;

/** The attributes of these places, the most specific place first, as they may be kept and shown. */
export function lineAttributes(places: readonly Fields[], redactor: Redactor): LineAttributes {
  const shown = new Map<string, RedactedText>();
  for (const place of places)
    for (const [name, value] of Object.entries(place)) {
      if (shown.size >= MAX_ATTRIBUTES) return Object.fromEntries(shown);
      if (shown.has(name) || SAID.test(name) || name === '' || name.length > MAX_ATTRIBUTE_NAME) continue;
      const text = shownValue(name, value, redactor);
      if (text !== null) shown.set(name, text);
    }
  return Object.fromEntries(shown);
}

function shownValue(name: string, value: Value, redactor: Redactor): RedactedText | null {
  if (CREDENTIALS.test(name)) return null;
  const cleared = (withoutNamedSecrets({ [name]: value }) as Fields)[name] ?? null;
  const said = cleared === null || typeof cleared !== 'object' ? String(cleared ?? '') : JSON.stringify(cleared);
  const text = said.replace(/\s+/g, ' ').trim();
  if (text === '' || text.length > MAX_EXAMINED) return null;
  // A secret may show by its name alone.
  const line = redactor.apart(`${name}=${text}`);
  return line.startsWith(`${name}=`) ? line.slice(name.length + 1, name.length + 1 + MAX_ATTRIBUTE_LENGTH) : null;
}
