import { type Command, defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { API_OPTIONS, openApprovalsApi, type Waiting } from './approvals-api.ts';

/** The one request whose digest begins like that. */
function theOne(waiting: readonly Waiting[], digest: string): Waiting {
  const found = waiting.filter((one) => one.digest.startsWith(digest));
  const [one] = found;
  if (one !== undefined && found.length === 1) return one;
  throw new UsageError(
    one === undefined
      ? `${digest}: no waiting plan begins with it. See "selfheal approval list".`
      : `${digest}: ${found.length} waiting plans begin with it. Use more digits.`,
  );
}

/** `selfheal approval approve` and `reject`: the same signed-in request as on the approval page. */
export function decideCommand(verb: 'approve' | 'reject', summary: string): Command {
  const decision = verb === 'approve' ? 'approved' : 'rejected';
  return defineCommand({
    name: `approval ${verb}`,
    summary,
    details:
      'DIGEST is that of the plan, or its first twelve digits, as the list and the mail show it: it binds the decision to this very plan.\n' +
      'With --json: {incident, digest, taken, message}. Exit code 1 when the decision was not taken.',
    operands: { shown: 'DIGEST', atLeast: 1, atMost: 1 },
    options: { ...API_OPTIONS, ...JSON_OPTION },
    async run({ operands: [digest = ''], options }, terminal) {
      if (!/^[0-9a-f]{12,64}$/.test(digest))
        throw new UsageError(`${digest}: expected at least twelve digits of the digest.`);
      const api = openApprovalsApi(options, terminal);
      const { incidentId, digest: whole } = theOne(await api.list(), digest);
      const { taken, message } = await api.decide(incidentId, whole, decision);
      if (options.json === true) {
        await terminal.write(`${JSON.stringify({ incident: incidentId, digest: whole, taken, message })}\n`);
      } else if (taken) await terminal.write(`${incidentId}: ${decision}.\n`);
      if (!taken) terminal.say(`selfheal: ${incidentId}: ${message}`);
      return taken ? 0 : 1;
    },
  });
}
