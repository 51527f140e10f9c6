import { learningReportOf } from '#shared/domain/learning/learning-report.ts';
import { defineCommand, JSON_OPTION } from '../command.ts';
import { PERIOD_OPTIONS, readLearning } from '../learning/learning-material.ts';
import { renderLearning } from '../learning/render-learning.ts';

export const learningReport = defineCommand({
  name: 'learning report',
  aliases: ['learning-report'],
  summary:
    'report what was learned lately and how much it helped: patterns, confidence, healed incidents, mistakes, time',
  details:
    'Covers the patterns of a scope and, with --table, the incidents that ended in it. A file of records in the format of "selfheal knowledge\n' +
    'learn" adds incidents; a record with an action counts as healed by Selfheal. Intervals are 95%.',
  operands: { shown: '[FILE]', atLeast: 0, atMost: 1 },
  options: { ...PERIOD_OPTIONS, ...JSON_OPTION },
  async run({ operands: [file], options }, terminal) {
    const { material } = await readLearning(file, options, terminal);
    const report = learningReportOf(material);
    await terminal.write(options.json === true ? `${JSON.stringify(report)}\n` : renderLearning(report));
    return 0;
  },
});
