import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { answerOf } from '../approvals/decide-command.ts';
import { showOrder } from '../incidents/change-incident.ts';

const MAX_HOURS = 336;

export const approvalDelegate = defineCommand({
  name: 'approval delegate',
  summary: 'let another user approve on your behalf for some hours',
  details:
    'EMAIL is a user of the user pool. They may approve what your own groups allow, except plans for your own changes. Rights that were\n' +
    'delegated to you are not passed on. Both of you need the role approver.\n' +
    'With --json: {to, taken, message}. Exit code 1 when the delegation is refused.',
  operands: { shown: 'EMAIL', atLeast: 1, atMost: 1 },
  options: {
    hours: { type: 'string', value: 'N', about: `how many hours, 1 to ${MAX_HOURS}` },
    ...API_OPTIONS,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [to = ''], options }, terminal) {
    if (options.hours === undefined) throw new UsageError('"selfheal approval delegate" needs --hours N.');
    const hours = wholeNumber('hours', options.hours, { otherwise: 1, atMost: MAX_HOURS });
    if (options['dry-run'] === true) return await showOrder('POST /api/approvals/delegations', { to, hours }, terminal);
    const { api } = await openApi(options, terminal);
    const { taken, message } = await answerOf(async () => {
      const { until } = await contentOf(await api.approvals.delegations.$post({ json: { to, hours } }));
      return `${to} may approve until ${until}.`;
    });
    if (options.json === true) await terminal.write(`${JSON.stringify({ to, taken, message })}\n`);
    else if (taken) await terminal.write(`${message}\n`);
    if (!taken) terminal.say(`selfheal: ${message}`);
    return taken ? 0 : 1;
  },
});
