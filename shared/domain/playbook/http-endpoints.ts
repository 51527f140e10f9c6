import * as z from 'zod';
import { addressKindOf, isAddress } from './network-address.ts';

/** An address that playbooks may call: an origin and a path with everything below it. */
export const AllowedEndpoint = z
  .strictObject({
    /** Name that playbooks use: `airflow:/dags`. */
    name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
    url: z.string().max(500),
    /** A host inside your own network: its addresses may be private, and HTTP is allowed. */
    private: z.boolean().default(false),
    /**
     * A secret `{"authorization": "Bearer ..."}` that is sent as this header, or `{"username": ..., "password": ...}`, sent by basic authentication or
     * exchanged at `tokenUrl`; null: nothing is sent.
     */
    authorizationSecretArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/)
      .nullable()
      .default(null),
    /** Where user and password of the secret become a bearer token, as of Airflow 3: `https://airflow.example.com/auth/token`. */
    tokenUrl: z.string().max(500).optional(),
    /** Whether a name in a path may hold a slash, encoded twice (`%252F`), as Jenkins names the jobs of branches: `feature%2Fcart`. */
    slashesInNames: z.boolean().default(false),
  })
  .superRefine((endpoint, { addIssue }) => {
    const reason = problemOfBase(endpoint);
    if (reason !== null) addIssue({ code: 'custom', path: ['url'], message: reason });
    const other = problemOfTokenUrl(endpoint);
    if (other !== null) addIssue({ code: 'custom', path: ['tokenUrl'], message: other });
  });
export type AllowedEndpoint = z.infer<typeof AllowedEndpoint>;

/** The block `http` of the configuration. */
export const Http = z
  .strictObject({ allowedEndpoints: z.array(AllowedEndpoint).max(50).default([]) })
  .prefault({})
  .refine(({ allowedEndpoints: all }) => new Set(all.map(({ name }) => name)).size === all.length, {
    path: ['allowedEndpoints'],
    message: 'two endpoints have the same name',
  });
export type Http = z.infer<typeof Http>;

export type EndpointAnswer =
  | { readonly kind: 'allowed'; readonly url: URL; readonly endpoint: AllowedEndpoint }
  /** `unlisted`: its name is not in the list yet, so nothing can be said about its address. */
  | { readonly kind: 'refused'; readonly reason: string; readonly unlisted: boolean };

/** Host names of the machine itself or of a cloud's metadata service. */
const INNER_NAMES = /^(localhost|.+\.localhost|.+\.local|metadata|instance-data|metadata\.google\.internal)$/;

/**
 * Whether a playbook's endpoint may be called: `name:/path` below the entry of that name, or a full URL that exactly
 * one entry covers, by origin and path. Hidden forms are decoded first: decimal, octal and hexadecimal addresses, IPv4
 * inside IPv6, user information, encoded slashes and dots. The entry decides which credentials are sent, so neither a
 * path nor a placeholder's value may lead from one entry to another.
 */
export function resolveEndpoint(text: string, endpoints: readonly AllowedEndpoint[]): EndpointAnswer {
  const [, name, path] = /^([a-z][a-z0-9-]{0,39}):\/(?!\/)(.*)$/s.exec(text) ?? [];
  const named = endpoints.find((endpoint) => endpoint.name === name);
  if (name !== undefined && named === undefined) {
    const reason = `the endpoint "${name}" is not in http.allowedEndpoints: add it there with its address`;
    return { kind: 'refused', reason, unlisted: true };
  }
  const allowsSlashes = named?.slashesInNames === true;
  const parsed = parse(named === undefined ? text : `${named.url}${path ?? ''}`, allowsSlashes);
  if (typeof parsed === 'string') return refused(parsed);
  const covering = (named === undefined ? endpoints : [named]).filter(({ url }) => covers(new URL(url), parsed));
  const [endpoint, another] = covering;
  if (another !== undefined) {
    const names = covering.map(({ name: each }) => each).join(', ');
    return refused(
      `several entries of http.allowedEndpoints cover it (${names}): name the one that is meant, name:/path`,
    );
  }
  if (endpoint !== undefined) return { kind: 'allowed', url: parsed, endpoint };
  const open = `${parsed.origin} is not in http.allowedEndpoints with this path: list it there`;
  return refused(problemOfHost(parsed, false) ?? open);
}

const refused = (reason: string): EndpointAnswer => ({ kind: 'refused', reason, unlisted: false });

function covers(base: URL, url: URL): boolean {
  return url.origin === base.origin && url.pathname.startsWith(base.pathname);
}

function parse(text: string, allowsSlashes = false): URL | string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0020\u007f\\]/.test(text)) return 'a space, a control character or a backslash is in the address';
  if (hasDotSegment(text)) return 'a dot segment (. or ..) is in the path: write the path it leads to';
  if (!URL.canParse(text)) return 'it is no address: write https://host/path, or name:/path of an allowed endpoint';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `${url.protocol} is not https`;
  if (url.username !== '' || url.password !== '') return 'a user or a password is in the address: leave it out';
  const path = allowsSlashes ? url.pathname.replace(/%252f/gi, '') : url.pathname;
  if (/%(?:25)*(?:2f|5c|00)/i.test(path)) return 'an encoded slash, backslash or zero is in the path';
  return url.hash === '' ? url : 'a fragment (#) is in the address: leave it out';
}

/** Dots that a URL parser, a proxy or a server resolves: plain, encoded once or more, or before path parameters (`..;x`). */
function hasDotSegment(text: string): boolean {
  const path = text.replace(/[?#].*$/s, '').replace(/^[a-z][a-z0-9+.-]*:\/*/i, '');
  // An encoded slash ends a segment, too, for whoever decodes it.
  return path.split(/\/|%(?:25)*2f/i).some((segment) => {
    let plain = segment;
    while (/%(?:25|2e)/i.test(plain)) plain = plain.replace(/%25/g, '%').replace(/%2e/gi, '.');
    return /^\.{1,2}(?:;.*)?$/s.test(plain);
  });
}

function problemOfBase({ url: text, private: inside }: { url: string; private: boolean }): string | null {
  const url = parse(text);
  if (typeof url === 'string') return url;
  if (url.search !== '') return 'a question mark is in the address: leave the query out';
  if (!url.pathname.endsWith('/')) return 'the path must end with / so that it is clear what is below it';
  return problemOfHost(url, inside);
}

/** User and password go to the endpoint's own origin only. */
function problemOfTokenUrl({ url, tokenUrl, authorizationSecretArn: secret }: TokenSource): string | null {
  if (tokenUrl === undefined) return null;
  if (secret === null)
    return 'there is no authorizationSecretArn whose user and password could be exchanged for a token';
  const parsed = parse(tokenUrl);
  if (typeof parsed === 'string') return parsed;
  return URL.canParse(url) && new URL(url).origin === parsed.origin ? null : 'must have the origin of "url"';
}
interface TokenSource {
  readonly url: string;
  readonly tokenUrl?: string | undefined;
  readonly authorizationSecretArn: string | null;
}

/** Why an address of a GET may not be called, whatever its path; null when it may. `inside`: its host is inside one's own network. */
export function problemOfAddress(text: string, inside: boolean): string | null {
  const url = parse(text);
  return typeof url === 'string' ? url : problemOfHost(url, inside);
}

/** Objections to a host before its name is resolved. */
function problemOfHost({ protocol, hostname }: URL, inside: boolean): string | null {
  const host = hostname.replace(/\.$/, '').toLowerCase();
  if (INNER_NAMES.test(host)) return `${host} leads to the machine itself or to its metadata: it is never called`;
  const kind = isAddress(host) ? addressKindOf(host) : null;
  if (kind === 'forbidden')
    return `${host} is a loopback, link-local, metadata or reserved address: it is never called`;
  if (kind === 'private' && !inside) return `${host} is a private address: list it with "private": true`;
  return protocol === 'http:' && !inside ? 'http is only for a host that is listed with "private": true' : null;
}
