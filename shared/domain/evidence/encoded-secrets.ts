import { makeLiteralFinder } from './literal-finder.ts';
import type { Placeholders } from './secret-placeholders.ts';

/** How secrets begin and what stands before them, in the case they are written in: an encoded text is looked at for these. */
const TELLING: readonly string[] = [
  ...['p', 'o', 'u', 's', 'r'].map((letter) => `gh${letter}_`),
  'github_pat_',
  'glpat-',
  'AKIA',
  'ASIA',
  'xoxb-',
  'xoxp-',
  'xapp-',
  'sk_live_',
  'sk_test_',
  'rk_live_',
  'sk-ant-',
  'sk-proj-',
  'npm_',
  'pypi-',
  'AIza',
  'ya29.',
  'hvs.',
  'dop_v1_',
  'glsa_',
  'PRIVATE KEY',
  '://',
  ...[
    'password',
    'PASSWORD',
    'Password',
    'secret',
    'SECRET',
    'token',
    'TOKEN',
    'Token',
    'api_key',
    'API_KEY',
    'apikey',
  ],
];

/** The Base64 of a text that begins at byte 0, 1 or 2 of a group of three: only the characters that no neighbour has a part in. */
function base64Inside(text: string, offset: number): string {
  const encoded = btoa('\0'.repeat(offset) + text);
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor(((offset + text.length) * 8) / 6);
  return encoded.slice(first, last);
}

/** One of these stands, in either case, in every Base64 text that `redactBase64` looks into. */
export const BASE64_LITERALS: readonly string[] = [
  ...new Set(TELLING.flatMap((text) => [0, 1, 2].map((offset) => base64Inside(text, offset)))),
];
const FINDER = makeLiteralFinder(BASE64_LITERALS);

const RUN = /[A-Za-z0-9+/_-]{20,65536}={0,2}/g;
const NOT_TEXT = /[^\t\n\r -~]/;

function decoded(run: string): string | null {
  const text = Buffer.from(run, 'base64').toString('latin1');
  return NOT_TEXT.test(text) ? null : text;
}

/**
 * Replaces Base64 in which redaction finds a secret once it is decoded; the whole of it gets the placeholder of the first secret
 * in it. What does not decode to plain text stays.
 */
export function redactBase64(
  text: string,
  placeholders: Placeholders,
  redact: (text: string, placeholders: Placeholders) => string,
): string {
  if (!FINDER.occursIn(text)) return text;
  return text.replace(RUN, (run) => {
    const inside = decoded(run);
    if (inside === null) return run;
    let first: string | undefined;
    redact(inside, {
      of(kind, secret) {
        const placeholder = placeholders.of(kind, secret);
        first ??= placeholder;
        return placeholder;
      },
    });
    return first ?? run;
  });
}
