/** Words that stand where a value belongs. */
const STAND_IN =
  /^(?:\*+|x+|\.+|-+|#+|\[?redacted.*|null|none|nil|true|false|undefined|empty|unset|required|optional|change[_-]?(?:me|this|it).*|replace[_-]?.*|insert[_-].*|todo|tbd|example.*|your[_-].*|my[_-].*|placeholder.*|dummy.*|fake.*|string|boolean|number|not[_-].*|process\.env.*|secrets?\..*|os\.environ.*|env\..*|vars?\..*)$/i;
/** Words inside a token that no provider gives out. */
const SPOKEN =
  /(?:put|add|insert|enter|use)[_-]?your|your[_-]?(?:api|access|auth|secret|token|key|password)|_here_|placeholder|change[_-]?me/i;
/** A token of which this share is `x` or `*` was blanked out by whoever wrote it. */
const BLANKED = 0.7;

/** Whether a value stands for a secret without being one: `xxxx`, `changeme`, `your_token`, `***`. */
export function isPlaceholder(value: string): boolean {
  return STAND_IN.test(value) || isBlankedToken(value);
}

/** Whether something of a token's shape is none: `ghp_xxxxxxxx`, `sha256~XXXX_PUT_YOUR_TOKEN_HERE`. */
export function isBlankedToken(token: string): boolean {
  return SPOKEN.test(token) || isBlanked(token);
}

function isBlanked(value: string): boolean {
  const signs = value.replace(/[^A-Za-z0-9*]/g, '');
  const blank = signs.replace(/[^xX*]/g, '').length;
  return signs.length >= 3 && blank / signs.length >= BLANKED;
}
