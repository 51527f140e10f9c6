import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { present } from '@selfheal/kernel/present.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

/** `99.9`, `99.9%` or `0.999` as a share; the API's default when nothing is given. */
function objectiveOf(given: string | undefined): { objective?: number } {
  if (given === undefined) return {};
  const number = Number(given.replace(/%$/, ''));
  const share = number > 1 ? number / 100 : number;
  if (given.trim() === '' || !(share >= 0 && share <= 1))
    throw new UsageError(`--objective ${given}: expected a share such as 99.9 or 0.999.`);
  return { objective: share };
}

export const serviceLevels = defineCommand({
  name: 'service levels',
  aliases: ['sla'],
  summary: 'how available each service was, and what is left of its error budget',
  details:
    'By the alarms of each service; an upper bound where incidents were handed to people. Exits with 1 if a service misses its objective.\n' +
    'With --json: JSON Lines, one service per line.',
  operands: { shown: '[SERVICE]', atLeast: 0, atMost: 1 },
  options: {
    days: { type: 'string', value: 'N', about: 'the period until now, 1 to 400 days; 30 by default' },
    objective: { type: 'string', value: 'SHARE', about: 'the wanted availability; 99.9 by default' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands: [service], options }, terminal) {
    const query = {
      days: wholeNumber('days', options.days, { otherwise: 30, atMost: 400 }),
      ...objectiveOf(options.objective),
      ...present({ service }),
    };
    const { api } = await openApi(options, terminal);
    let [shown, missed] = [0, 0];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await contentOf(
        await api['service-levels'].$get({ query: cursor === undefined ? query : { ...query, cursor } }),
      );
      shown += page.services.length;
      missed += page.services.filter(({ met }) => !met).length;
      await writeTogether(
        terminal,
        page.services.map((one) => {
          if (options.json === true) return `${JSON.stringify(one)}\n`;
          const { availability, objective, met, incidents, downMinutes, budgetLeftMinutes } = one;
          const budget = met
            ? `${budgetLeftMinutes.toFixed(0)} min left`
            : `exceeded by ${(-budgetLeftMinutes).toFixed(0)} min`;
          return `${one.service.padEnd(20)}  ${percentText(availability, 2)} of ${percentText(objective, 2)}  ${counted(incidents, 'incident')}, ${downMinutes.toFixed(0)} min down; error budget: ${budget}\n`;
        }),
      );
      cursor = page.next;
    }
    if (shown === 0 && options.json !== true) terminal.say('selfheal: the configuration lists no service.');
    return missed === 0 ? 0 : 1;
  },
});
