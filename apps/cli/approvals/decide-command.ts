import { API_OPTIONS } from '../api/api-client.ts';
import { type Command, defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { openApprovalsApi, type PendingApproval } from './approvals-api.ts';

/** The pending approval whose digest begins with `digest`. Throws `UsageError` unless there is exactly one. */
function findByDigest(pending: readonly PendingApproval[], digest: string): PendingApproval {
  const found = pending.filter((one) => one.digest.startsWith(digest));
  const [one] = found;
  if (one !== undefined && found.length === 1) return one;
  throw new UsageError(
    one === undefined
      ? `${digest}: no pending plan has a digest that begins like this. See "selfheal approval list".`
      : `${digest}: ${found.length} pending plans have a digest that begins like this. Give more digits.`,
  );
}

/** Makes `selfheal approval approve` and `reject`. They send the same authenticated request as the approval page. */
export function decideCommand(verb: 'approve' | 'reject', summary: string): Command {
  const decision = verb === 'approve' ? 'approved' : 'rejected';
  return defineCommand({
    name: `approval ${verb}`,
    summary,
    details:
      'DIGEST is the digest of the plan or its first twelve digits, as the list and the mail show it. The decision is valid for this plan only.\n' +
      'With --json: {incident, digest, taken, message}. Exit code 1 when the decision is refused.',
    operands: { shown: 'DIGEST', atLeast: 1, atMost: 1 },
    options: { ...API_OPTIONS, ...JSON_OPTION },
    async run({ operands: [digest = ''], options }, terminal) {
      if (!/^[0-9a-f]{12,64}$/.test(digest))
        throw new UsageError(`${digest}: expected at least the first twelve hexadecimal digits of the digest.`);
      const api = await openApprovalsApi(options, terminal);
      const { incidentId, digest: whole } = findByDigest(await api.list(), digest);
      const { taken, message } = await api.decide(incidentId, whole, decision);
      if (options.json === true) {
        await terminal.write(`${JSON.stringify({ incident: incidentId, digest: whole, taken, message })}\n`);
      } else if (taken) await terminal.write(`${incidentId}: ${decision}.\n`);
      if (!taken) terminal.say(`selfheal: ${incidentId}: ${message}`);
      return taken ? 0 : 1;
    },
  });
}
