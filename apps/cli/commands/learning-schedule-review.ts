import { defineCommand, listOf, UsageError } from '@selfheal/cli-kit/command.ts';
import { ReviewAction } from '#shared/domain/learning/learning-review.ts';
import { CHANGE_OPTIONS, changeBy } from '../policy/policy-api.ts';

const DAYS: Readonly<Record<string, number>> = { daily: 1, weekly: 7, monthly: 30 };
const MAX_DAYS = 90;

/** Days between two reviews. Throws `UsageError`. */
function daysOf(frequency: string): number {
  const [, number] = /^(\d{1,4})(?: ?d(?:ays?)?)?$/i.exec(frequency) ?? [];
  const days = new Map(Object.entries(DAYS)).get(frequency.toLowerCase()) ?? Number(number);
  if (days >= 1 && days <= MAX_DAYS) return days;
  throw new UsageError(
    `--frequency ${frequency}: expected ${Object.keys(DAYS).join(', ')}, or a number of days from 1 to ${MAX_DAYS}.`,
  );
}

export const learningScheduleReview = defineCommand({
  name: 'learning schedule-review',
  aliases: ['schedule-learning-review'],
  summary:
    'review learning again and again by itself: let confidence follow outcomes, retire what fails, suggest, and mail the figures',
  details:
    'update_confidence lets what is not confirmed fade. prune_ineffective_patterns retires what fails or matches nothing, and merges duplicates.\n' +
    'suggest_new_patterns lists wordings that could replace two patterns; a person decides. Part of the policy at run time: audited, and restored with\n' +
    '"selfheal config restore". Needs the role admin. With --json: {changes, policy}.\n' +
    'Example: selfheal learning schedule-review --frequency weekly --actions update_confidence,prune_ineffective_patterns',
  options: {
    frequency: {
      type: 'string',
      value: 'WHEN',
      about: 'daily, weekly, monthly, or a number of days; weekly by default',
    },
    actions: { type: 'string', value: 'ACTION,...', about: `${ReviewAction.options.join(', ')}; all by default` },
    'notification-email': {
      type: 'string',
      value: 'ADDRESS',
      about:
        'whom the mail names as its reader; it goes to the subscribers of the deployment, who must include this address (--context emails)',
    },
    off: { type: 'boolean', about: 'review no longer' },
    ...CHANGE_OPTIONS,
  },
  async run({ options }, terminal) {
    const { frequency = 'weekly', off = false, 'notification-email': recipient = null } = options;
    const everyDays = daysOf(frequency);
    const actions = options.actions === undefined ? ReviewAction.options : listOf(options.actions);
    const unknown = actions.find((action) => !ReviewAction.safeParse(action).success);
    if (unknown !== undefined || actions.length === 0)
      throw new UsageError(`--actions ${unknown ?? ''}: use some of ${ReviewAction.options.join(', ')}.`);
    const reason = options.reason ?? `set with selfheal learning schedule-review${off ? ' --off' : ''}`;
    const learningReview = off ? null : { everyDays, actions, recipient };
    const code = await changeBy({ learningReview }, reason, options, terminal);
    if (code === 0 && !off && recipient !== null)
      terminal.say(
        `The mail names ${recipient} and goes to all subscribers of the deployment. An address that is not among them gets nothing: ` +
          'deploy with it in --context emails, and confirm the subscription that AWS mails.',
      );
    return code;
  },
});
