import type { Incident } from '#shared/domain/incident/incident.ts';
import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '../command.ts';
import { INCIDENTS_OPTION, openIncidents } from '../incidents/read-trail.ts';

const MOST = 1000;
/** Clocks of those who wrote may be ahead of this one. */
const AHEAD_MILLISECONDS = 2 * 24 * 3600 * 1000;

const asText = ({ id, openedAt, updatedAt, target, attempt, classification }: Incident): string =>
  `${id}  opened ${openedAt}, last touched ${updatedAt}, ${target.kind}, attempt ${attempt}, ${classification?.class ?? 'not classified yet'}\n`;

export const incidentList = defineCommand({
  name: 'incident list',
  summary: 'the incidents that are open, the longest untouched first',
  details: 'With --json: JSON Lines, the record of one incident a line.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    ...INCIDENTS_OPTION,
    last: { type: 'string', value: 'N', about: 'so many at most; 100 by default' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    if (options.table === undefined) throw new UsageError('"selfheal incident list" needs --table NAME.');
    const most = wholeNumber('last', options.last, { otherwise: 100, atMost: MOST });
    const store = await openIncidents(options.table);
    const open = await store.listStalled(new Date(terminal.now() + AHEAD_MILLISECONDS), most);
    for (const one of open) await terminal.write(options.json === true ? `${JSON.stringify(one)}\n` : asText(one));
    if (open.length === 0 && options.json !== true) terminal.say('selfheal: no incident is open.');
    return 0;
  },
});
