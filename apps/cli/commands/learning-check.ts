import { learningHealthOf } from '#shared/domain/learning/learning-health.ts';
import { learningReportOf } from '#shared/domain/learning/learning-report.ts';
import { defineCommand, JSON_OPTION, shareOption, wholeNumber } from '../command.ts';
import { PERIOD_OPTIONS, readLearning } from '../learning/learning-material.ts';
import { renderHealth } from '../learning/render-learning.ts';

export const learningCheck = defineCommand({
  name: 'learning check',
  summary:
    'whether learning is healthy: accuracy, success, coverage, time, velocity, conflicts, limits; and what to do',
  details:
    'Reads what "selfheal learning report" reads. Names the patterns that help less often than they should, with the incidents where they did\n' +
    'not. Exit code 1 when something is bad; what was counted too seldom is neither good nor bad.',
  operands: { shown: '[FILE]', atLeast: 0, atMost: 1 },
  options: {
    ...PERIOD_OPTIONS,
    'min-accuracy': {
      type: 'string',
      value: 'SHARE',
      about: 'of what is recognised, so much is right; 0.8 by default',
    },
    'min-success': { type: 'string', value: 'SHARE', about: 'patterns help so often; 0.7 by default' },
    'min-coverage': { type: 'string', value: 'SHARE', about: 'patterns recognise so many incidents; 0.3 by default' },
    'max-minutes': {
      type: 'string',
      value: 'N',
      about: 'an incident takes at most so long on average; 120 by default',
    },
    ...JSON_OPTION,
  },
  async run({ operands: [file], options }, terminal) {
    const limits = {
      minAccuracy: shareOption('min-accuracy', options['min-accuracy'], 0.8),
      minSuccess: shareOption('min-success', options['min-success'], 0.7),
      minCoverage: shareOption('min-coverage', options['min-coverage'], 0.3),
      maxMinutes: wholeNumber('max-minutes', options['max-minutes'], { otherwise: 120, atMost: 100_000 }),
    };
    const { material, stored, opened } = await readLearning(file, options, terminal);
    const health = learningHealthOf(learningReportOf(material), stored, { rules: opened.rules, limits });
    await terminal.write(options.json === true ? `${JSON.stringify(health)}\n` : renderHealth(health));
    return health.healthy ? 0 : 1;
  },
});
