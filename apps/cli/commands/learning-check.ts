import { learningHealthOf } from '#shared/domain/learning/learning-health.ts';
import { learningReportOf } from '#shared/domain/learning/learning-report.ts';
import { defineCommand, JSON_OPTION, shareOption, wholeNumber } from '../command.ts';
import { PERIOD_OPTIONS, readLearning } from '../learning/learning-material.ts';
import { renderHealth } from '../learning/render-learning.ts';

export const learningCheck = defineCommand({
  name: 'learning check',
  aliases: ['diagnose-pattern-accuracy'],
  summary:
    'check the health of learning (accuracy, success, coverage, time, velocity, conflicts, limits) and recommend what to do',
  details:
    'Reads the same data as "selfheal learning report". Lists patterns with a poor success rate and the incidents in which they did not help.\n' +
    'Exit code 1 when a check is bad. With too few cases a check is neither good nor bad.',
  operands: { shown: '[FILE]', atLeast: 0, atMost: 1 },
  options: {
    ...PERIOD_OPTIONS,
    'min-accuracy': {
      type: 'string',
      value: 'SHARE',
      about: 'minimum share of recognised incidents that are recognised correctly; 0.8 by default',
    },
    'min-success': {
      type: 'string',
      value: 'SHARE',
      about: 'minimum share of cases in which a pattern helps; 0.7 by default',
    },
    'min-coverage': {
      type: 'string',
      value: 'SHARE',
      about: 'minimum share of incidents that patterns recognise; 0.3 by default',
    },
    'max-minutes': {
      type: 'string',
      value: 'N',
      about: 'maximum mean time to resolve an incident; 120 by default',
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
