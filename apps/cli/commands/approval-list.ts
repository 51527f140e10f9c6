import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, openApi } from '#apps/workbench/api/api-client.ts';
import { type PendingApproval, pendingApprovals } from '../approvals/decide-command.ts';

const DIGEST_DIGITS = 12;

function asText({ incidentId, digest, description, risk, expiresAt, objection }: PendingApproval): string {
  const objected = objection === null ? '' : `\n              you may not approve it: ${cleanText(objection, 300)}`;
  const what = cleanText(`${description} (risk ${risk}, expires ${expiresAt})`, 600);
  return `${digest.slice(0, DIGEST_DIGITS)}  ${incidentId}\n              ${what}${objected}\n`;
}

export const approvalList = defineCommand({
  name: 'approval list',
  summary: 'list pending plans and whether you may approve them',
  details:
    'With --json: JSON Lines {incidentId, digest, title, description, risk, expiresAt, mayApprove, objection, facts, state, decidedBy}.',
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const pending = await pendingApprovals(await openApi(options, terminal));
    for (const one of pending) await terminal.write(options.json === true ? `${JSON.stringify(one)}\n` : asText(one));
    if (pending.length === 0 && options.json !== true) terminal.say('selfheal: no plan is pending approval.');
    return 0;
  },
});
