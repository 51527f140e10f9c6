import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';

/** Words used in place of a value. */
const STAND_IN =
  /^(?:\*+|•+|\.+|-+|#+|_+|x{1,5}|\[?redacted.*|null|none|nil|true|false|undefined|empty|unset|required|optional|change[_-]?(?:me|this|it).{0,4}|replace[_-].*|insert[_-].*|todo|tbd|example.{0,12}|your[_-].*|(?:my|secure|strong|some|new)[_-][a-z_-]*|placeholder.*|dummy[a-z_-]*|fake[a-z_-]*|string|boolean|number|not[_-].*|process\.env.*|secrets?\..*|os\.environ.*|env\..*|vars?\..*)$/i;
/** Words inside a token that no provider issues. */
const SPOKEN =
  /(?:put|add|insert|enter|use)[_-]?your|your[_-]?(?:api|access|auth|secret|token|key|password)|_here_|placeholder|change[_-]?me/i;
/** A token that its author masked, completely or except for its beginning: `ghp_xxxx`, `AKIAXXXX`, `glpat-****`. */
const BLANKED = /^(?:[A-Za-z][A-Za-z0-9]{0,7}[_.~-]?){0,3}?(?:x{6,}|X{6,}|[*•]{3,})$/;
const ASTERISKS = 0.7;

/** Whether a value is a dummy: `changeme`, `your_token`, `***`. */
export function isPlaceholder(value: string): boolean {
  return STAND_IN.test(value) || SPOKEN.test(value) || isStarred(value);
}

/** Whether something with a token's shape is none: `ghp_xxxxxxxx`, `sha256~XXXX_PUT_YOUR_TOKEN_HERE`. */
export function isBlankedToken(token: string): boolean {
  return SPOKEN.test(token) || isStarred(token) || BLANKED.test(token);
}

function isStarred(value: string): boolean {
  if (!value.includes('*') && !value.includes('•')) return false;
  const signs = value.replace(/[^A-Za-z0-9*•]/g, '');
  return signs.length >= 3 && signs.replace(/[^*•]/g, '').length / signs.length >= ASTERISKS;
}

/** A copy that does not keep the whole log chunk alive of which the text is a slice. */
export function detachedText(text: RedactedText): RedactedText;
export function detachedText(text: string): string;
export function detachedText(text: string): string {
  // A slice of a freshly built text is a slice of that alone.
  return ` ${text}`.slice(1);
}
