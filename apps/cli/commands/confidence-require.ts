import { defineCommand, shareOption, UsageError } from '@selfheal/cli-kit/command.ts';
import { actionsMeant } from '../policy/action-names.ts';
import { CHANGE_OPTIONS, changeBy } from '../policy/policy-api.ts';

export const confidenceRequire = defineCommand({
  name: 'confidence require',
  aliases: ['set-confidence-threshold'],
  summary: 'how sure Selfheal must be before it does an action, and whether a person approves it',
  details:
    'At or above --min-confidence the action is done without asking, below it a person approves first. With --require-approval it is never done\n' +
    'without a person, and below --min-confidence it is not even proposed for approval. Never less careful than deployed. Needs the role admin.\n' +
    'With --json: {changes, policy}.',
  options: {
    action: {
      type: 'string',
      aliases: ['action-type'],
      value: 'ACTION',
      about: 'the action, such as rerun-failed-jobs',
    },
    'min-confidence': { type: 'string', value: 'SHARE', about: 'from 0 to 1' },
    'require-approval': { type: 'boolean', about: 'always ask a person' },
    ...CHANGE_OPTIONS,
  },
  async run({ options }, terminal) {
    const { action, 'min-confidence': given, 'require-approval': asks = false } = options;
    if (!action || (given === undefined && !asks))
      throw new UsageError(
        '"selfheal confidence require" needs --action ACTION, and --min-confidence or --require-approval.',
      );
    const confidence = given === undefined ? null : shareOption('min-confidence', given, 0.9);
    const settings = {
      ...(asks ? { alwaysAsk: true } : {}),
      ...(confidence === null ? {} : asks ? { askAtConfidence: confidence } : { actAtConfidence: confidence }),
    };
    const reason = options.reason ?? 'set with selfheal confidence require';
    const ids = actionsMeant(action, terminal);
    return await changeBy({ actions: Object.fromEntries(ids.map((id) => [id, settings])) }, reason, options, terminal);
  },
});
