import { type Command, DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { present } from '@selfheal/kernel/present.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, type ApiClient, contentOf, openApi, RefusedByApi } from '#apps/workbench/api/api-client.ts';
import { showOrder } from '../incidents/change-incident.ts';

/** A pending approval as the API lists it. Its texts are untrusted. */
export type PendingApproval = Awaited<ReturnType<typeof pendingApprovals>>[number];

const MAX_MESSAGE_LENGTH = 500;

export async function pendingApprovals({ api }: ApiClient) {
  return (await contentOf(await api.approvals.$get())).approvals;
}

/** What the API says to a request that it may refuse, and whether it took it. Throws for every other failure. */
export async function answerOf(request: () => Promise<string>): Promise<{ taken: boolean; message: string }> {
  try {
    return { taken: true, message: cleanText(await request(), MAX_MESSAGE_LENGTH) };
  } catch (error) {
    if (error instanceof RefusedByApi) return { taken: false, message: error.detail };
    throw error;
  }
}

/** The pending approval whose digest begins with `digest`. Throws `UsageError` unless there is exactly one. */
export function findByDigest(pending: readonly PendingApproval[], digest: string): PendingApproval {
  const found = pending.filter((one) => one.digest.startsWith(digest));
  const [one] = found;
  if (one !== undefined && found.length === 1) return one;
  throw new UsageError(
    one === undefined
      ? `${digest}: no pending plan has a digest that begins like this. See "selfheal approval list".`
      : `${digest}: ${found.length} pending plans have a digest that begins like this. Give more digits.`,
  );
}

/** The digest of a plan, or its first digits. Throws `UsageError`. */
export function digestDigits(digest: string): string {
  if (/^[0-9a-f]{12,64}$/.test(digest)) return digest;
  throw new UsageError(`${digest}: expected at least the first twelve hexadecimal digits of the digest.`);
}

/** Makes `selfheal approval approve` and `reject`. */
export function decideCommand(verb: 'approve' | 'reject', summary: string): Command {
  const decision = verb === 'approve' ? 'approved' : 'rejected';
  return defineCommand({
    name: `approval ${verb}`,
    summary,
    details:
      'DIGEST is the digest of the plan or its first twelve digits, as the list and the mail show it. The decision is valid for this plan only.\n' +
      'Needs the role approver. With --json: {incident, digest, taken, message}. Exit code 1 when the decision is refused.',
    operands: { shown: 'DIGEST', atLeast: 1, atMost: 1 },
    options: {
      reason: { type: 'string', value: 'TEXT', about: 'why; the audit trail, the page and the comment show it' },
      ...API_OPTIONS,
      ...DRY_RUN_OPTION,
      ...JSON_OPTION,
    },
    async run({ operands: [digest = ''], options }, terminal) {
      digestDigits(digest);
      const client = await openApi(options, terminal);
      const order = { decision, ...present({ reason: options.reason }) } as const;
      const { incidentId, digest: whole } = findByDigest(await pendingApprovals(client), digest);
      if (options['dry-run'] === true)
        return await showOrder(`POST /api/approvals/${incidentId}/${whole}`, order, terminal);
      const { taken, message } = await answerOf(async () => {
        const param = { incidentId, digest: whole };
        const response = await client.api.approvals[':incidentId'][':digest'].$post({ param, json: order });
        return (await contentOf(response)).message;
      });
      if (options.json === true) {
        await terminal.write(`${JSON.stringify({ incident: incidentId, digest: whole, taken, message })}\n`);
      } else if (taken) await terminal.write(`${incidentId}: ${decision}. ${message}\n`);
      if (!taken) terminal.say(`selfheal: ${incidentId}: ${message}`);
      return taken ? 0 : 1;
    },
  });
}
