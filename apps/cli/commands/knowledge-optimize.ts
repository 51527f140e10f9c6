import { applyChanges } from '#shared/app/learning/pattern-maintenance.ts';
import { suggestGeneralisations, tendPatterns } from '#shared/domain/learning/apply-pattern-changes.ts';
import { defineCommand, JSON_OPTION, shareOption, wholeNumber } from '../command.ts';
import { learningChange, openPatterns, PATTERN_OPTIONS } from '../learning/open-patterns.ts';
import { sayChanges } from '../learning/render-changes.ts';

export const knowledgeOptimize = defineCommand({
  name: 'knowledge optimize',
  summary: 'maintain learned patterns: merge duplicates, retire failing ones, let the rest fade',
  details:
    'Every change has its reason and leaves a note. Wordings that could stand for two patterns are suggested on stderr only: put one into a\n' +
    'record as its pattern, and it is replayed over the past like any other.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    ...PATTERN_OPTIONS,
    'least-confidence': {
      type: 'string',
      value: 'SHARE',
      about: 'take back what is below it after enough cases; 0.3 by default',
    },
    'unused-days': {
      type: 'string',
      value: 'N',
      about: 'take back what was only observed and met nothing so long; 365 by default',
    },
    'dry-run': { type: 'boolean', about: 'say what would change and change nothing' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const opened = await openPatterns(options);
    const change = learningChange(opened, terminal);
    const patterns = await opened.patterns.list(opened.scope);
    const changes = tendPatterns(patterns, {
      rules: opened.rules,
      now: change.at,
      minConfidence: shareOption('least-confidence', options['least-confidence'], 0.3),
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
