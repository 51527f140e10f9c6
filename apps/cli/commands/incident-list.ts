import type { Incident } from '#shared/domain/incident/incident.ts';
import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '../command.ts';
import { INCIDENTS_OPTION, openIncidents } from '../incidents/read-trail.ts';

const MAX_INCIDENTS = 1000;
/** Tolerance for writers whose clock is ahead of this one. */
const AHEAD_MILLISECONDS = 2 * 24 * 3600 * 1000;

const asText = ({ id, openedAt, updatedAt, target, attempt, classification }: Incident): string =>
  `${id}  opened ${openedAt}, last updated ${updatedAt}, ${target.kind}, attempt ${attempt}, ${classification?.class ?? 'not classified yet'}\n`;

export const incidentList = defineCommand({
  name: 'incident list',
  summary: 'list open incidents, least recently updated first',
  details: 'With --json: JSON Lines, one incident record per line.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    ...INCIDENTS_OPTION,
    last: { type: 'string', value: 'N', about: 'maximum number of incidents; 100 by default' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    if (options.table === undefined) throw new UsageError('"selfheal incident list" needs --table NAME.');
    const limit = wholeNumber('last', options.last, { otherwise: 100, atMost: MAX_INCIDENTS });
    const store = await openIncidents(options.table);
    const open = await store.listStalled(new Date(terminal.now() + AHEAD_MILLISECONDS), limit);
    for (const one of open) await terminal.write(options.json === true ? `${JSON.stringify(one)}\n` : asText(one));
    if (open.length === 0 && options.json !== true) terminal.say('selfheal: no incident is open.');
    return 0;
  },
});
