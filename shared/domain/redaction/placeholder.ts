/** Words that stand where a value belongs. */
const STAND_IN =
  /^(?:\*+|•+|\.+|-+|#+|_+|x{1,5}|\[?redacted.*|null|none|nil|true|false|undefined|empty|unset|required|optional|change[_-]?(?:me|this|it).{0,4}|replace[_-].*|insert[_-].*|todo|tbd|example.{0,12}|your[_-].*|(?:my|secure|strong|some|new)[_-][a-z_-]*|placeholder.*|dummy[a-z_-]*|fake[a-z_-]*|string|boolean|number|not[_-].*|process\.env.*|secrets?\..*|os\.environ.*|env\..*|vars?\..*)$/i;
/** Words inside a token that no provider gives out. */
const SPOKEN =
  /(?:put|add|insert|enter|use)[_-]?your|your[_-]?(?:api|access|auth|secret|token|key|password)|_here_|placeholder|change[_-]?me/i;
/** A token that whoever wrote it blanked out, all of it or all but its beginning: `ghp_xxxx`, `AKIAXXXX`, `glpat-****`. */
const BLANKED = /^(?:[A-Za-z][A-Za-z0-9]{0,7}[_.~-]?){0,3}?(?:x{6,}|X{6,}|[*•]{3,})$/;
const ASTERISKS = 0.7;

/** Whether a value stands for a secret without being one: `changeme`, `your_token`, `***`. */
export function isPlaceholder(value: string): boolean {
  return STAND_IN.test(value) || SPOKEN.test(value) || isStarred(value);
}

/** Whether something of a token's shape is none: `ghp_xxxxxxxx`, `sha256~XXXX_PUT_YOUR_TOKEN_HERE`. */
export function isBlankedToken(token: string): boolean {
  return SPOKEN.test(token) || isStarred(token) || BLANKED.test(token);
}

function isStarred(value: string): boolean {
  const signs = value.replace(/[^A-Za-z0-9*•]/g, '');
  return signs.length >= 3 && signs.replace(/[^*•]/g, '').length / signs.length >= ASTERISKS;
}
