import * as z from 'zod';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { type ApiOptions, credentialsOf, send } from '../api/api-client.ts';
import { UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';

/** A pending approval as the API lists it. Its texts are untrusted. */
const PendingApproval = z.object({
  incidentId: z.string().regex(/^[a-z0-9-]{8,60}$/),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  title: z.string(),
  description: z.string(),
  risk: z.string(),
  expiresAt: z.string(),
  mayApprove: z.boolean(),
  objection: z.string().nullable(),
});
export type PendingApproval = z.infer<typeof PendingApproval>;
const ListResponse = z.object({ approvals: z.array(PendingApproval) });
const MessageResponse = z.object({ message: z.string() });

export interface ApprovalsApi {
  list(): Promise<PendingApproval[]>;
  /** Posts the decision. `taken` is false when the API refuses it. */
  decide(
    incidentId: string,
    digest: string,
    decision: 'approved' | 'rejected',
  ): Promise<{ taken: boolean; message: string }>;
  /** Lets the person with the e-mail address `to` approve for `hours` hours. */
  delegate(to: string, hours: number): Promise<{ taken: boolean; message: string }>;
}

/**
 * Client of a deployment's approval API, with the rights of the token's owner. Throws `UsageError` when address or token are missing and when the
 * API does not answer.
 */
export async function openApprovalsApi(
  options: ApiOptions,
  terminal: Pick<Terminal, 'environment' | 'now'>,
): Promise<ApprovalsApi> {
  const { base, token } = await credentialsOf(options, terminal);
  const call = async (path: string, body?: object): Promise<{ status: number; answer: unknown }> => {
    const response = await send(base, `${base}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status === 401) throw new UsageError('The token is invalid or has expired. Sign in again.');
    return { status: response.status, answer: await response.json().catch(() => null) };
  };
  return {
    list: async () => {
      const { status, answer } = await call('/approvals');
      const parsed = ListResponse.safeParse(answer);
      if (status !== 200 || !parsed.success) {
        throw new UsageError(`${base} answered with status ${status}: ${messageOf(answer)}.`);
      }
      return parsed.data.approvals;
    },
    decide: async (incidentId, digest, decision) => {
      const { status, answer } = await call(`/approvals/${incidentId}/${digest}`, { decision, digest });
      return { taken: status === 200, message: messageOf(answer) };
    },
    delegate: async (to, hours) => {
      const { status, answer } = await call('/delegations', { to, hours });
      return { taken: status === 200, message: messageOf(answer) };
    },
  };
}

function messageOf(answer: unknown): string {
  const said = MessageResponse.safeParse(answer);
  return said.success ? cleanText(said.data.message, 500) : 'no reason given';
}
