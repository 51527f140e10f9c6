import { hasHidden, hasLookalike } from '../hidden-characters.ts';

/** Locations, addresses, commands and special names that harmful code needs. */
const SUSPICIOUS =
  /__\w+__|(?:^|[^\w])(?:\/(?:etc|proc|sys|dev|root|home|tmp|var|usr|bin)\b|~\/|\.\.[\\/]|\.(?:ssh|aws|kube|npmrc|netrc|pypirc|docker|gnupg|env|git|github|bashrc|profile)\b)|[a-z][a-z0-9+.-]*:\/\/|(?:^|[\s(="'])\/\/[\w-]+\.\w|@[\w-]+\.[a-z]{2,}|169\.254\.|metadata\.|localhost|(?:\d{1,3}\.){3}\d{1,3}|\$\(|\$\{?[A-Z_]{3,}|(?:^|\s)(?:curl|wget|bash|zsh|powershell|sudo|chmod|chown|printenv|whoami)(?:\s|$)|[;|&]\s*(?:nc|sh|cmd|python\d?|perl|ruby|node|php|rm|eval|exec|env|cat|id)(?:\s|$)|^rm\s+-|javascript:|<script|(?:TOKEN|SECRET|PASSWORD|CREDENTIAL|API_?KEY|PRIVATE_?KEY)/;
/** Letters and digits as in encoded programs. */
const ENCODED = /^[A-Za-z0-9+/=_-]{40,}$|(?:\\x[0-9a-fA-F]{2}){4,}|(?:\\u[0-9a-fA-F]{4}){4,}|(?:%[0-9a-fA-F]{2}){4,}/;
/** Characters of sentences, labels and keys. */
export const PLAIN = /^[\p{L}\p{N} ,.:;!?'"()%#@{}[\]_+*=\n-]*$/u;
/** A host, or a file with its extension. */
const DOTTED = /[\w-]\.[a-z]{2,}/i;
/** Code in another language, which is not parsed here. */
const QUERY =
  /^\s*(?:select\s[\s\S]*\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|(?:drop|alter|create|truncate)\s+(?:table|database|user|index|view)\s|grant\s|with\s+\w+\s+as\s)/i;
/** A repetition within a repetition, as in `(a+)+`: some texts take exponential time to match. */
const NESTED_REPETITION = /\((?:[^()\\+*]|\\.)*[+*](?:[^()\\]|\\.)*\)[+*]/;

/** Why a new text needs a look, or null. */
export function reasonOfText(text: string, reaches: boolean): string | null {
  if (SUSPICIOUS.test(text) || ENCODED.test(text)) {
    return 'It would add a string that contains a path, an address, a command, a secret or a special name.';
  }
  if (QUERY.test(text)) return 'It would add a query, which is not parsed.';
  if (NESTED_REPETITION.test(text)) return 'It would add a pattern that may take very long to match.';
  return reaches && (!PLAIN.test(text) || DOTTED.test(text))
    ? 'It would add a string that could be a path or a command, in a file with outside effects.'
    : null;
}

/** Why a new line needs a look because of its characters, or null. */
export function reasonOfLine(line: string): string | null {
  if (hasHidden(line)) return 'It would add invisible characters.';
  if (hasLookalike(line)) return 'It would add lookalike letters.';
  return /^\s*#.*\bcoding[:=]/.test(line) ? 'It would change the encoding in which the file is read.' : null;
}
