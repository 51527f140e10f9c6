import { type Account, describeAccount } from '#shared/domain/audit/incident-account.ts';
import { defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { accountIn, accountOf, findIdsIn, INCIDENTS_OPTION, openIncidents } from '../incidents/read-trail.ts';
import { renderAccount } from '../incidents/render-account.ts';
import type { Terminal } from '../terminal.ts';

async function read(operand: string, table: string | undefined, terminal: Terminal): Promise<Account> {
  return table === undefined
    ? await accountIn(operand, terminal)
    : await accountOf(operand, await openIncidents(table), findIdsIn(table));
}

async function writeRecords({ incident, trail }: Account, terminal: Terminal): Promise<void> {
  if (incident !== null) await terminal.write(`${JSON.stringify(incident)}\n`);
  for (const entry of trail) await terminal.write(`${JSON.stringify(entry)}\n`);
}

export const incidentExplain = defineCommand({
  name: 'incident explain',
  summary: 'show what happened in an incident and why, and verify its audit trail',
  details:
    'Reads an incident of a deployment with --table, by its id or the beginning of it, or a file printed with --records.\n' +
    'Each entry of the audit trail contains the digest of the one before, so a changed, missing or inserted entry is detected; the first is\n' +
    'reported. Entries removed from the end are detected only if you pass the digest of the last entry with --head.\n' +
    'With --json: {incident, status, reason, openedAt, githubRequests, chain, story: [{sequence, at, event, words, facts}]}.\n' +
    'Exit code 1 when the audit trail was altered.',
  operands: { shown: 'INCIDENT|FILE', atLeast: 1, atMost: 1 },
  options: {
    ...INCIDENTS_OPTION,
    head: { type: 'string', value: 'DIGEST', about: 'expected digest of the last entry, or the beginning of it' },
    records: { type: 'boolean', about: 'print incident and audit trail as JSON Lines, to archive' },
    ...JSON_OPTION,
  },
  async run({ operands: [operand = ''], options }, terminal) {
    const { head, table } = options;
    if (head !== undefined && !/^[0-9a-f]{8,64}$/.test(head)) {
      throw new UsageError(`--head ${head}: expected at least eight hexadecimal digits of a digest.`);
    }
    const account = await read(operand, table, terminal);
    if (options.records === true) {
      await writeRecords(account, terminal);
      return 0;
    }
    const description = describeAccount(account, head);
    await terminal.write(options.json === true ? `${JSON.stringify(description)}\n` : renderAccount(description));
    return description.chain.kind === 'broken' ? 1 : 0;
  },
});
