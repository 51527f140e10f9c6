import { applyChanges } from '#shared/app/learning/pattern-maintenance.ts';
import { suggestGeneralisations, tendPatterns } from '#shared/domain/learning/apply-pattern-changes.ts';
import { defineCommand, JSON_OPTION, shareOption, wholeNumber } from '../command.ts';
import { learningChange, openPatterns, PATTERN_OPTIONS } from '../learning/open-patterns.ts';
import { sayChanges } from '../learning/render-changes.ts';

export const knowledgeOptimize = defineCommand({
  name: 'knowledge optimize',
  aliases: ['optimize-patterns'],
  summary: 'maintain learned patterns: merge duplicates, retire failing ones, lower the confidence of unused ones',
  details:
    'Every change is recorded with its reason. A wording that could replace two patterns is only suggested, on stderr. To use it, put it into the\n' +
    'column pattern of a record and run "selfheal knowledge learn".',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    ...PATTERN_OPTIONS,
    'min-confidence': {
      type: 'string',
      value: 'SHARE',
      about: 'retire patterns below this confidence after enough cases; 0.3 by default',
    },
    'unused-days': {
      type: 'string',
      value: 'N',
      about: 'retire observed patterns that matched nothing for so many days; 365 by default',
    },
    'dry-run': { type: 'boolean', about: 'show what would change and change nothing' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const opened = await openPatterns(options);
    const change = learningChange(opened, terminal);
    const patterns = await opened.patterns.list(opened.scope);
    const changes = tendPatterns(patterns, {
      rules: opened.rules,
      now: change.at,
      minConfidence: shareOption('min-confidence', options['min-confidence'], 0.3),
      unusedDays: wholeNumber('unused-days', options['unused-days'], { otherwise: 365, atMost: 36_500 }),
    });
    for (const { ids, wording } of suggestGeneralisations(patterns)) {
      terminal.say(`selfheal: ${ids.join(' and ')} could be one pattern: ${wording}`);
    }
    const dryRun = options['dry-run'] === true;
    const results = await applyChanges(changes, { ...change, dryRun }, opened.patterns);
    return await sayChanges(results, options.json === true, terminal);
  },
});
