import { stat } from 'node:fs/promises';
import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { API_OPTIONS, type ApiOptions, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import {
  type Account,
  type DescribedAccount,
  describeAccount,
  endingWith,
} from '#shared/domain/audit/incident-account.ts';
import { plainId } from '../incidents/change-incident.ts';
import { accountIn, accountOf, findIdsIn, INCIDENTS_OPTION, openIncidents } from '../incidents/read-trail.ts';
import { renderAccount } from '../incidents/render-account.ts';
import { causeSections, contextSections } from '../incidents/render-briefing.ts';

const INCIDENT = /^[a-z]{2,10}-[a-z0-9-]{3,58}$/;

/** True for a name that is no file here: an incident's id, or its beginning. */
async function isIncident(operand: string): Promise<boolean> {
  if (!INCIDENT.test(operand)) return false;
  return await stat(operand).then(
    () => false,
    () => true,
  );
}

async function read(operand: string, table: string | undefined, terminal: Terminal): Promise<Account> {
  return table === undefined
    ? await accountIn(operand, terminal)
    : await accountOf(operand, await openIncidents(table), findIdsIn(table));
}

/** The API verifies the chain as it reads it; the expected end is compared here. */
async function describedByApi(
  id: string,
  head: string | undefined,
  options: ApiOptions,
  terminal: Terminal,
): Promise<DescribedAccount> {
  const { api } = await openApi(options, terminal);
  const account = await contentOf(await api.incidents[':id'].timeline.$get({ param: { id: plainId(id) } }));
  return { ...account, chain: endingWith(account.chain, head) };
}

/** Why it failed, what to do and what led to it, as "incident show" prints them. */
async function briefingOf(id: string, options: ApiOptions, terminal: Terminal): Promise<string[]> {
  const { api } = await openApi(options, terminal);
  const { briefing } = await contentOf(await api.incidents[':id'].$get({ param: { id: plainId(id) } }));
  return [...causeSections(briefing), ...contextSections(briefing)];
}

async function writeRecords({ incident, trail }: Account, terminal: Terminal): Promise<void> {
  if (incident !== null) await terminal.write(`${JSON.stringify(incident)}\n`);
  for (const entry of trail) await terminal.write(`${JSON.stringify(entry)}\n`);
}

export const incidentExplain = defineCommand({
  name: 'incident explain',
  summary: 'show what happened in an incident and why, and verify its audit trail',
  details:
    'Asks the API of a deployment, which also tells cause, advice and evidence; reads its table with --table, or a file printed with --records.\n' +
    'The id may be cut: gh-68654c59.\n' +
    'Each entry of the audit trail contains the digest of the one before, so a changed, missing or inserted entry is detected; the first is\n' +
    'reported. Entries removed from the end are detected only if you pass the digest of the last entry with --head.\n' +
    'With --json: {incident, status, reason, openedAt, githubRequests, chain, story: [{sequence, at, event, words, facts}]}.\n' +
    'Exit code 1 when the audit trail was altered.',
  operands: { shown: 'INCIDENT|FILE', atLeast: 1, atMost: 1 },
  options: {
    ...API_OPTIONS,
    ...INCIDENTS_OPTION,
    head: { type: 'string', value: 'DIGEST', about: 'expected digest of the last entry, or the beginning of it' },
    records: { type: 'boolean', about: 'with --table: print incident and audit trail as JSON Lines, to archive' },
    ...JSON_OPTION,
  },
  async run({ operands: [operand = ''], options }, terminal) {
    const { head, table, records = false } = options;
    if (head !== undefined && !/^[0-9a-f]{8,64}$/.test(head)) {
      throw new UsageError(`--head ${head}: expected at least eight hexadecimal digits of a digest.`);
    }
    const byApi = table === undefined && (await isIncident(operand));
    if (byApi && records) throw new UsageError('--records needs --table NAME: records are read from the table.');
    if (!byApi && records) {
      await writeRecords(await read(operand, table, terminal), terminal);
      return 0;
    }
    const description = byApi
      ? await describedByApi(operand, head, options, terminal)
      : describeAccount(await read(operand, table, terminal), head);
    const briefing = byApi && options.json !== true ? await briefingOf(operand, options, terminal) : [];
    await terminal.write(
      options.json === true ? `${JSON.stringify(description)}\n` : renderAccount(description, briefing),
    );
    return description.chain.kind === 'broken' ? 1 : 0;
  },
});
