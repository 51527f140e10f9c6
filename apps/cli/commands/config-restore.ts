import { defineCommand, requireYes, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { CHANGE_OPTIONS, openPolicy, reasonOf, sayChange, YES_OPTION } from '../policy/policy-api.ts';

export const configRestore = defineCommand({
  name: 'config restore',
  summary: 'take the settings of an earlier revision again',
  details:
    'REVISION is a number of "selfheal config history". Needs --yes, or --dry-run to look first, and the role admin. What is wider than deployed by\n' +
    'now has no effect. With --json: {changes, policy}.',
  operands: { shown: 'REVISION', atLeast: 1, atMost: 1 },
  options: { ...YES_OPTION, ...CHANGE_OPTIONS },
  async run({ operands: [given], options }, terminal) {
    const revision = wholeNumber('revision', given, { otherwise: 1, atMost: 999_999_999 });
    await requireYes('config restore', { operands: given === undefined ? [] : [given], options }, terminal);
    const reason = reasonOf(options, 'config restore');
    const { config, seen } = await openPolicy(options, terminal);
    const json = { revision, reason, dryRun: options['dry-run'] === true };
    const answer = await contentOf(await config.restore.$post({ json, header: { 'if-match': seen } }));
    return await sayChange(answer, options, terminal);
  },
});
