import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { present } from '@selfheal/kernel/present.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { type LearningReport, learningReportOf } from '#shared/domain/learning/learning-report.ts';
import { apiUnlessNamed } from '../learning/knowledge-api.ts';
import { PERIOD_OPTIONS, readLearning } from '../learning/learning-material.ts';
import { renderLearning, renderReview } from '../learning/render-learning.ts';
import { printSections, SECTION_NAMES, sectionsNamed } from '../learning/report-sections.ts';

export const learningReport = defineCommand({
  name: 'learning report',
  aliases: ['learning-report'],
  summary:
    'report what was learned lately and how much it helped: patterns, confidence, healed incidents, mistakes, time',
  details:
    'Covers the patterns of a scope and, with --table, the incidents that ended in it. A file of records in the format of "selfheal knowledge\n' +
    'learn" adds incidents; a record with an action counts as healed by Selfheal. Intervals are 95 %. The goals compare with the same time before.\n' +
    'With --section the deployment is asked for any of its parts, in this order: stage (what "learning status" says), review (patterns, incidents, goals),\n' +
    'model (accuracy, calibration), days (accuracy day by day), health. With --json and sections: one document {status, report, quality, accuracy, health}.\n' +
    'Example, for a monthly review: selfheal learning report --days 30 --format markdown > review.md',
  operands: { shown: '[FILE]', atLeast: 0, atMost: 1 },
  options: {
    ...PERIOD_OPTIONS,
    format: { type: 'string', value: 'FORMAT', about: 'text, or markdown for the page of a review; text by default' },
    section: { type: 'string', value: 'NAME,...', about: `${SECTION_NAMES.join(', ')} or all; review by default` },
    ...JSON_OPTION,
  },
  async run({ operands: [file], options }, terminal) {
    const { format = 'text' } = options;
    if (format !== 'text' && format !== 'markdown')
      throw new UsageError(unknownValue('format', format, ['text', 'markdown']));
    const sections = options.section === undefined ? null : sectionsNamed(options.section);
    const rendered = format === 'markdown' ? renderReview : renderLearning;
    const client = file === undefined ? await apiUnlessNamed(options, terminal) : null;
    if (client !== null) {
      const days = String(wholeNumber('days', options.days, { otherwise: 30, atMost: 400 }));
      const query = { days, ...present({ scope: options.scope }) };
      if (sections !== null) {
        if (format === 'markdown') throw new UsageError('--format markdown is the review: leave --section out.');
        await printSections(client, sections, query, { json: options.json === true, isWhole: true }, terminal);
        return 0;
      }
      const read = await contentOf(await client.api.learning.report.$get({ query }));
      await terminal.write(options.json === true ? `${JSON.stringify(read)}\n` : rendered(read as LearningReport));
      return 0;
    }
    if (sections !== null)
      throw new UsageError('--section needs the API: sign in with "selfheal login", and name no file or table.');
    const { material } = await readLearning(file, options, terminal);
    const report = learningReportOf(material);
    await terminal.write(options.json === true ? `${JSON.stringify(report)}\n` : rendered(report));
    return 0;
  },
});
