import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = /^(?:127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*localhost)$/i;

/**
 * Why a request over the loopback interface must be refused; null when it may be served. A page in a browser can send requests here
 * under its own host name (DNS rebinding) or from its own origin; both show in a header.
 */
export function refusalOfHost(
  headers: IncomingHttpHeaders | Readonly<Record<string, string>>,
  allowedOrigins: readonly string[] = [],
): string | null {
  const host = String(headers[':authority'] ?? headers.host ?? '');
  if (!isLoopback(`http://${host}`)) return `The host ${shown(host)} is not this machine; use 127.0.0.1 or localhost.`;
  const { origin } = headers;
  if (origin === undefined || isLoopback(origin) || allowedOrigins.includes(origin)) return null;
  return `Pages of ${shown(origin)} may not call the local runtime.`;
}

/**
 * Why a request does not come from a page of this very server; null when it does. Stricter than `refusalOfHost`: pages of other ports are refused, and
 * so is whatever does not say where it comes from. Browsers send the headers by themselves (Fetch Metadata, RFC 6454).
 */
export function refusalOfOrigin(headers: Readonly<Record<string, string>>): string | null {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!isLoopback(`http://${host}`)) return `The host ${shown(host)} is not this machine; use 127.0.0.1 or localhost.`;
  if (site !== 'same-origin') return 'Only pages of this server may ask for this.';
  return origin === undefined || origin === `http://${host}` ? null : `Pages of ${shown(origin)} may not ask for this.`;
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
