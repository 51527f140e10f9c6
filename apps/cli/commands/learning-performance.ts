import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { API_OPTIONS, openApi } from '#apps/workbench/api/api-client.ts';
import { printSections } from '../learning/report-sections.ts';

const FORMATS = ['summary', 'detailed'];

export const learningPerformance = defineCommand({
  name: 'learning performance',
  aliases: ['ai-performance-report'],
  summary: 'report what was learned and how good the answers are, in detail also day by day',
  details:
    'The sections review and model of "selfheal learning report", in detail also days. With --json: {report, quality, accuracy}; accuracy, day by day,\n' +
    'with --format detailed.',
  options: {
    format: { type: 'string', value: 'FORMAT', about: 'summary (by default) or detailed' },
    days: { type: 'string', value: 'N', about: 'how many days back; 30 by default' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { format = 'summary' } = options;
    if (!FORMATS.includes(format)) throw new UsageError(`--format: ${unknownValue('format', format, FORMATS)}`);
    const days = String(wholeNumber('days', options.days, { otherwise: 30, atMost: 400 }));
    const isWhole = format === 'detailed';
    const json = options.json === true;
    const client = await openApi(options, terminal);
    const names = isWhole ? (['review', 'model', 'days'] as const) : (['review', 'model'] as const);
    await printSections(client, names, { days }, { json, isWhole: isWhole || json }, terminal);
    return 0;
  },
});
