import { defineCommand, shareOption, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { Risk } from '#shared/domain/plan/bound-action.ts';
import { CHANGE_OPTIONS, changeBy, openPolicy } from '../policy/policy-api.ts';

export const productionConfigure = defineCommand({
  name: 'production configure',
  aliases: ['configure-production'],
  summary: 'set how far Selfheal goes by itself in production: thresholds, limit, approvals',
  details:
    'At or above --auto-resolve-threshold it acts by itself, below --escalation-threshold a person takes over, in between it asks. Values may be more\n' +
    'careful than the deployed ones, never less. Critical services always ask; --enable-human-approval-for-critical lets every action of high risk\n' +
    'ask, too. Needs the role admin. With --json: {changes, policy}.',
  options: {
    'auto-resolve-threshold': { type: 'string', value: 'SHARE', about: 'policy.actAtConfidence, from 0 to 1' },
    'escalation-threshold': { type: 'string', value: 'SHARE', about: 'policy.escalateBelowConfidence, from 0 to 1' },
    'max-actions-per-hour': { type: 'string', value: 'N', about: 'policy.maxActionsPerHour' },
    'enable-human-approval-for-critical': { type: 'boolean', about: 'a person approves every action of high risk' },
    ...CHANGE_OPTIONS,
  },
  async run({ options }, terminal) {
    const act = options['auto-resolve-threshold'];
    const ask = options['escalation-threshold'];
    const actions = options['max-actions-per-hour'];
    const approves = options['enable-human-approval-for-critical'] === true;
    const policy = {
      ...(act === undefined ? {} : { actAtConfidence: shareOption('auto-resolve-threshold', act, 0.9) }),
      ...(ask === undefined ? {} : { escalateBelowConfidence: shareOption('escalation-threshold', ask, 0.7) }),
      ...(actions === undefined
        ? {}
        : { maxActionsPerHour: wholeNumber('max-actions-per-hour', actions, { otherwise: 1, atMost: 1000 }) }),
      ...(approves ? { approvalRequiredRisks: await withHighRisk() } : {}),
    };
    if (Object.keys(policy).length === 0)
      throw new UsageError('"selfheal production configure" needs at least one setting: see --help.');
    return await changeBy({ policy }, options.reason ?? 'set with selfheal production configure', options, terminal);

    /** The risks that ask already, and high. */
    async function withHighRisk(): Promise<Risk[]> {
      const { effective } = (await openPolicy(options, terminal)).policy;
      const { approvalRequiredRisks: risks } = effective.policy as { approvalRequiredRisks: Risk[] };
      return Risk.options.filter((risk) => risk === 'high' || risks.includes(risk));
    }
  },
});
