import { defineCommand, listOf, shareOption, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { parseClasses } from '../learning/class-names.ts';
import { limitLearning } from '../learning/limit-learning.ts';
import { CHANGE_OPTIONS } from '../policy/policy-api.ts';

export const learningEnable = defineCommand({
  name: 'learning enable',
  aliases: ['enable-auto-learning'],
  summary: 'learn patterns by itself from verified outcomes: of which failures, and what a pattern has to prove',
  details:
    'The threshold is the confidence from which a failure is taken for the pattern (stage match); the number of successes is what a pattern needs\n' +
    'before it is suggested. Values may be stricter than deployed, never laxer: those that are laxer are named and stay as deployed. For all\n' +
    'places of the deployment. Needs the role admin. With --json: {changes, policy}.\n' +
    'Example: selfheal learning enable --pattern-types connectivity,performance --confidence-threshold 0.8 --require-multiple-successes 7',
  options: {
    'pattern-types': {
      type: 'string',
      value: 'CLASS,...',
      about: 'of these classes or categories only; of all by default',
    },
    'confidence-threshold': { type: 'string', value: 'SHARE', about: 'from 0 to 1' },
    'require-multiple-successes': { type: 'string', value: 'N', about: 'outcomes that confirm it, 1 to 60' },
    ...CHANGE_OPTIONS,
  },
  async run({ options }, terminal) {
    const { 'confidence-threshold': threshold, 'require-multiple-successes': successes } = options;
    const types = listOf(options['pattern-types']).map((type) => ({ type, meant: parseClasses(type, 'pattern type') }));
    const classes = [...new Set(types.flatMap(({ meant }) => meant))];
    if (options['pattern-types'] !== undefined && classes.length === 0)
      throw new UsageError('--pattern-types: name at least one class or category.');
    for (const { type, meant } of types) terminal.say(`selfheal: ${type} is here: ${meant.join(', ')}`);
    const stages = {
      ...(threshold === undefined
        ? {}
        : { match: { confidence: shareOption('confidence-threshold', threshold, 0.8) } }),
      ...(successes === undefined
        ? {}
        : { suggest: { cases: wholeNumber('require-multiple-successes', successes, { otherwise: 3, atMost: 60 }) } }),
    };
    const wanted = {
      ...(classes.length === 0 ? {} : { classes }),
      ...(Object.keys(stages).length === 0 ? {} : { stages }),
    };
    return await limitLearning(wanted, { command: 'learning enable', isEnabling: true }, options, terminal);
  },
});
