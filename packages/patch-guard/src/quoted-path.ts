const ESCAPES: Readonly<Record<string, number>> = { '\\': 92, '"': 34, a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * Unquotes Git's notation of unusual paths (`"a/\303\244.ts"`, see core.quotePath); null when it is malformed or not
 * UTF-8.
 */
export function unquotedPath(quoted: string): string | null {
  const body = /^"((?:[^"\\]|\\.)*)"$/.exec(quoted)?.[1];
  if (body === undefined) return null;
  const bytes: number[] = [];
  for (const [token] of body.matchAll(/\\[0-3][0-7]{2}|\\.|[^\\]/gsu)) {
    if (/^\\\d/.test(token)) {
      if (token.length !== 4) return null;
      bytes.push(Number.parseInt(token.slice(1), 8));
    } else if (token.startsWith('\\')) {
      const byte = ESCAPES[token.slice(1)];
      if (byte === undefined) return null;
      bytes.push(byte);
    } else bytes.push(...new TextEncoder().encode(token));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}
