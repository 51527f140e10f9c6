import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { API_OPTIONS, openApprovalsApi, type Waiting } from '../approvals/approvals-api.ts';
import { defineCommand, JSON_OPTION } from '../command.ts';

const SHORT = 12;

function asText({ incidentId, digest, description, risk, expiresAt, objection }: Waiting): string {
  const theirs = objection === null ? '' : `\n              not yours to approve: ${cleanText(objection, 300)}`;
  const what = cleanText(`${description} (risk ${risk}, until ${expiresAt})`, 600);
  return `${digest.slice(0, SHORT)}  ${incidentId}\n              ${what}${theirs}\n`;
}

export const approvalList = defineCommand({
  name: 'approval list',
  summary: 'plans that wait for a person, and whether you may approve them',
  details: 'With --json: JSON Lines {incidentId, digest, title, description, risk, expiresAt, mayApprove, objection}.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const waiting = await openApprovalsApi(options, terminal).list();
    for (const one of waiting) await terminal.write(options.json === true ? `${JSON.stringify(one)}\n` : asText(one));
    if (waiting.length === 0 && options.json !== true) terminal.say('selfheal: nothing waits for an approval.');
    return 0;
  },
});
