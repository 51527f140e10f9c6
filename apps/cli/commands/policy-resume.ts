import { defineCommand, requireYes, UsageError } from '@selfheal/cli-kit/command.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { CHANGE_OPTIONS, clean, openPolicy, reasonOf, YES_OPTION } from '../policy/policy-api.ts';

export const policyResume = defineCommand({
  name: 'policy resume',
  summary: 'let actions happen again after "selfheal policy stop"',
  details:
    'Says why it was stopped. Needs --yes, or --dry-run to look first, and the role admin. With --json: the policy as "selfheal config show" gives it.',
  options: { ...YES_OPTION, ...CHANGE_OPTIONS },
  async run({ options }, terminal) {
    await requireYes('policy resume', { options }, terminal);
    const reason = reasonOf(options, 'policy resume');
    const { config, policy, seen } = await openPolicy(options, terminal);
    if (!policy.killSwitch.killSwitch) throw new UsageError('Nothing is stopped: the kill switch is off.');
    terminal.say(`selfheal: it was stopped because: ${clean(policy.killSwitch.reason ?? 'no reason was given')}`);
    if (options['dry-run'] === true) return 0;
    const after = await contentOf(await config.resume.$post({ json: { reason }, header: { 'if-match': seen } }));
    await terminal.write(options.json === true ? `${JSON.stringify(after)}\n` : 'Actions are allowed again.\n');
    return 0;
  },
});
