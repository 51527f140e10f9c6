import { defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

const dollars = (microdollars: number | null): string =>
  microdollars === null ? 'unknown' : `$${(microdollars / 1_000_000).toFixed(4)}`;

export const costReport = defineCommand({
  name: 'cost report',
  aliases: ['costs'],
  summary: 'report what language models and AWS cost, by incident and day',
  details:
    "Models by their configured prices. AWS is an estimate of state transitions, calls and requests, without logs and the functions' time and memory.",
  options: {
    days: { type: 'string', value: 'N', about: 'how many days back; 30 by default' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const days = String(wholeNumber('days', options.days, { otherwise: 30, atMost: 400 }));
    const { api } = await openApi(options, terminal);
    const { total, awsMicrodollarsPerIncident, byDay, ...rest } = await contentOf(
      await api.costs.$get({ query: { days } }),
    );
    if (options.json === true) {
      await terminal.write(`${JSON.stringify({ ...rest, total, awsMicrodollarsPerIncident, byDay })}\n`);
      return 0;
    }
    await terminal.write(
      [
        `${counted(total.incidents, 'incident')} in ${counted(Number(days), 'day')}: models ${dollars(total.microdollars)}, AWS about ${dollars(total.awsMicrodollars)}`,
        `  per incident: models ${dollars(total.microdollarsPerIncident)}, AWS about ${dollars(awsMicrodollarsPerIncident)}`,
        ...(total.unpriced === 0 ? [] : [`  ${total.unpriced} used a model without a price and are not in the sums`]),
        ...byDay
          .filter(({ incidents }) => incidents > 0)
          .map(
            ({ day, incidents, asked, microdollars, awsMicrodollars }) =>
              `  ${day.slice(0, 10)}  ${counted(incidents, 'incident')}, ${asked} with a model: ${dollars(microdollars)}, AWS about ${dollars(awsMicrodollars)}`,
          ),
        '',
      ].join('\n'),
    );
    return 0;
  },
});
