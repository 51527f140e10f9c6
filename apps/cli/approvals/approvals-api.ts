import * as z from 'zod';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { type OptionSpecs, type OptionValues, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';

export const API_OPTIONS = {
  url: { type: 'string', value: 'URL', about: "the deployment's API; SELFHEAL_URL by default" },
  token: {
    type: 'string',
    value: 'TOKEN',
    about: 'your ID token of the user pool; SELFHEAL_TOKEN by default, which no process list shows',
  },
} as const satisfies OptionSpecs;

/** What waits for a decision, as the API lists it; nothing in it is trusted. */
const Waiting = z.object({
  incidentId: z.string().regex(/^[a-z0-9-]{8,60}$/),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  title: z.string(),
  description: z.string(),
  risk: z.string(),
  expiresAt: z.string(),
  mayApprove: z.boolean(),
  objection: z.string().nullable(),
});
export type Waiting = z.infer<typeof Waiting>;
const Listed = z.object({ approvals: z.array(Waiting) });
const Said = z.object({ message: z.string() });

export interface ApprovalsApi {
  list(): Promise<Waiting[]>;
  /** Posts the decision. `taken` is false when the API refused it. */
  decide(
    incidentId: string,
    digest: string,
    decision: 'approved' | 'rejected',
  ): Promise<{ taken: boolean; message: string }>;
  /** Lets somebody else approve for so many hours. */
  delegate(to: string, hours: number): Promise<{ taken: boolean; message: string }>;
}

const TIMEOUT_MILLISECONDS = 20_000;

/** The API of a deployment for whoever the token names. Throws `UsageError` without address or token, and when nobody answers. */
export function openApprovalsApi(
  options: OptionValues<typeof API_OPTIONS>,
  { environment }: Pick<Terminal, 'environment'>,
): ApprovalsApi {
  const base = addressOf(options.url ?? environment.SELFHEAL_URL);
  const token = options.token ?? environment.SELFHEAL_TOKEN;
  if (!token) throw new UsageError('No token: set SELFHEAL_TOKEN to your ID token, or use --token.');
  const call = async (path: string, body?: object): Promise<{ status: number; answer: unknown }> => {
    const request = {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      // A token goes nowhere but to the address that was named.
      redirect: 'error' as const,
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await fetch(`${base}${path}`, request).catch((error: unknown) => {
      throw new UsageError(`${base}: no answer (${error instanceof Error ? error.message : 'no reason given'}).`);
    });
    if (response.status === 401) throw new UsageError('The token is invalid or has expired: sign in again.');
    return { status: response.status, answer: await response.json().catch(() => null) };
  };
  return {
    list: async () => {
      const { status, answer } = await call('/approvals');
      const parsed = Listed.safeParse(answer);
      if (status !== 200 || !parsed.success) throw new UsageError(`${base}: status ${status}, ${wordsOf(answer)}.`);
      return parsed.data.approvals;
    },
    decide: async (incidentId, digest, decision) => {
      const { status, answer } = await call(`/approvals/${incidentId}/${digest}`, { decision, digest });
      return { taken: status === 200, message: wordsOf(answer) };
    },
    delegate: async (to, hours) => {
      const { status, answer } = await call('/delegations', { to, hours });
      return { taken: status === 200, message: wordsOf(answer) };
    },
  };
}

function addressOf(url: string | undefined): string {
  if (!url) throw new UsageError('No deployment: set SELFHEAL_URL to the address of its API, or use --url.');
  const parsed = URL.parse(url);
  const local = parsed?.hostname === '127.0.0.1' || parsed?.hostname === 'localhost';
  if (parsed?.protocol !== 'https:' && !(local && parsed?.protocol === 'http:')) {
    throw new UsageError(`${url}: expected an https address.`);
  }
  return url.replace(/\/+$/, '');
}

function wordsOf(answer: unknown): string {
  const said = Said.safeParse(answer);
  return said.success ? cleanText(said.data.message, 500) : 'it gave no reason';
}
