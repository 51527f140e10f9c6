import { defineCommand, requireYes } from '@selfheal/cli-kit/command.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { CHANGE_OPTIONS, openPolicy, reasonOf, sayChange, YES_OPTION } from '../policy/policy-api.ts';

export const configReset = defineCommand({
  name: 'config reset',
  summary: 'take everything that was changed at run time back to what is deployed',
  details:
    'Needs --yes, or --dry-run to look first, and the role admin. Also mends a stored policy that cannot be read. The kill switch stays as it is.\n' +
    '"selfheal config restore" brings an earlier revision back. With --json: {changes, policy}.',
  options: { ...YES_OPTION, ...CHANGE_OPTIONS },
  async run({ options }, terminal) {
    await requireYes('config reset', { options }, terminal);
    const reason = reasonOf(options, 'config reset');
    const { config, seen } = await openPolicy(options, terminal);
    const json = { reason, dryRun: options['dry-run'] === true };
    const answer = await contentOf(await config.reset.$post({ json, header: { 'if-match': seen } }));
    return await sayChange(answer, options, terminal);
  },
});
