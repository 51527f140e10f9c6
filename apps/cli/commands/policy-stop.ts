import { defineCommand, requireYes, yesOption } from '@selfheal/cli-kit/command.ts';
import { contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { CHANGE_OPTIONS, clean, reasonOf } from '../policy/policy-api.ts';

const { 'dry-run': _dryRun, ...OPTIONS } = CHANGE_OPTIONS;

export const policyStop = defineCommand({
  name: 'policy stop',
  summary: 'stop every action within seconds: the kill switch',
  details:
    'Incidents are still recorded, diagnosed and reported; nothing is changed until "selfheal policy resume". Needs --yes and the role admin.\n' +
    'With --json: the policy as "selfheal config show" gives it.',
  options: { ...yesOption('stop everything'), ...OPTIONS },
  async run({ options }, terminal) {
    await requireYes('policy stop', { options }, terminal);
    const reason = reasonOf(options, 'policy stop');
    const { api } = await openApi(options, terminal);
    const policy = await contentOf(await api.config.stop.$post({ json: { reason } }));
    await terminal.write(
      options.json === true ? `${JSON.stringify(policy)}\n` : `Stopped: ${clean(policy.killSwitch.reason ?? reason)}\n`,
    );
    return 0;
  },
});
