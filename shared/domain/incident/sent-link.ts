import { redact } from '@selfheal/redaction/redact.ts';

const MAX_LINK = 1000;

/**
 * An address of the web as a sender gives it, fit to be stored and shown: `http` or `https`, without user name and password, of at most 1,000 characters, and
 * without parameters that hold a secret. Null where nothing of it can be shown.
 */
export function sentLink(url: string | null | undefined): string | null {
  const parsed = url ? URL.parse(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return null;
  if (parsed.username !== '' || parsed.password !== '' || parsed.href.length > MAX_LINK) return null;
  if (!holdsSecret(parsed.href)) return parsed.href;
  for (const [name, value] of [...parsed.searchParams])
    if (holdsSecret(`?${name}=${value}`)) parsed.searchParams.delete(name, value);
  // One secret may be told by the one beside it, as the parts of a signed address are.
  for (const part of ['hash', 'search'] as const) if (holdsSecret(parsed.href)) parsed[part] = '';
  return holdsSecret(parsed.href) ? null : parsed.href;
}

const holdsSecret = (text: string): boolean => Object.keys(redact(text).counts).length > 0;
