import { defineCommand, listOf, shareOption, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { Tag } from '#shared/domain/learning/learned-pattern.ts';
import { limitLearning } from '../learning/limit-learning.ts';
import { CHANGE_OPTIONS } from '../policy/policy-api.ts';

export const learningLimits = defineCommand({
  name: 'learning limits',
  aliases: ['configure-safety-limits'],
  summary:
    'how fast Selfheal may learn: patterns a day, confidence a week, when a pattern is retired, what a person approves',
  details:
    'Values may be stricter than deployed, never laxer: those that are laxer are named and stay as deployed. Patterns with one of the tags stay\n' +
    'suggestions until a person approves them ("selfheal knowledge adjust ID --approve"). For all places of the deployment. Needs the role admin.\n' +
    'With --json: {changes, policy}.',
  options: {
    'max-new-patterns-per-day': { type: 'string', value: 'N', about: 'new patterns of one place and day (UTC)' },
    'max-confidence-increase-per-week': {
      type: 'string',
      value: 'SHARE',
      about: 'the most that a confidence rises in a week',
    },
    'require-human-approval-for': { type: 'string', value: 'TAG,...', about: 'tags whose patterns a person approves' },
    'rollback-on-failure-rate': { type: 'string', value: 'SHARE', about: 'a pattern that fails more often is retired' },
    ...CHANGE_OPTIONS,
  },
  async run({ options }, terminal) {
    const perDay = options['max-new-patterns-per-day'];
    const perWeek = options['max-confidence-increase-per-week'];
    const rate = options['rollback-on-failure-rate'];
    const tags = listOf(options['require-human-approval-for']?.toLowerCase());
    const wrong = tags.find((tag) => !Tag.safeParse(tag).success);
    if (wrong !== undefined)
      throw new UsageError(`--require-human-approval-for ${wrong}: use letters, digits, hyphens and underscores.`);
    const wanted = {
      ...(perDay === undefined
        ? {}
        : {
            maxNewPatternsPerDay:
              perDay === '0' ? 0 : wholeNumber('max-new-patterns-per-day', perDay, { otherwise: 10, atMost: 500 }),
          }),
      ...(perWeek === undefined
        ? {}
        : { maxConfidenceGainPerWeek: shareOption('max-confidence-increase-per-week', perWeek, 0.1) }),
      ...(rate === undefined ? {} : { rollbackFailureRate: shareOption('rollback-on-failure-rate', rate, 0.3) }),
      ...(tags.length === 0 ? {} : { approvalTags: tags }),
    };
    if (Object.keys(wanted).length === 0)
      throw new UsageError('"selfheal learning limits" needs at least one limit: see --help.');
    return await limitLearning(wanted, { command: 'learning limits' }, options, terminal);
  },
});
