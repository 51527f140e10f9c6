import { API_OPTIONS, openApprovalsApi } from '../approvals/approvals-api.ts';
import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '../command.ts';

const MAX_HOURS = 336;

export const approvalDelegate = defineCommand({
  name: 'approval delegate',
  summary: 'let another person of the user pool approve on your behalf for a while',
  details:
    'It passes on the groups that you are in, and nothing that was delegated to you. Your own changes stay for others to approve.\n' +
    'With --json: {to, taken, message}. Exit code 1 when it was refused.',
  operands: { shown: 'EMAIL', atLeast: 1, atMost: 1 },
  options: { hours: { type: 'string', value: 'N', about: 'for how many hours' }, ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands: [to = ''], options }, terminal) {
    if (options.hours === undefined) throw new UsageError('"selfheal approval delegate" needs --hours N.');
    const hours = wholeNumber('hours', options.hours, { otherwise: 1, atMost: MAX_HOURS });
    const { taken, message } = await openApprovalsApi(options, terminal).delegate(to, hours);
    if (options.json === true) await terminal.write(`${JSON.stringify({ to, taken, message })}\n`);
    else if (taken) await terminal.write(`${message}\n`);
    if (!taken) terminal.say(`selfheal: ${message}`);
    return taken ? 0 : 1;
  },
});
