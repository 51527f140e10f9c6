import { defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { present } from '@selfheal/kernel/present.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

const MAX_LISTED = 500;
/** A page may be empty, so their number is limited, too. */
const MAX_PAGES = 40;

export const actionRecent = defineCommand({
  name: 'action recent',
  aliases: ['actions'],
  summary: 'list what was executed lately, and what came of it',
  details: 'Of the newest incidents first. With --json: JSON Lines, one action per line.',
  options: {
    ...API_OPTIONS,
    action: { type: 'string', value: 'ID', aliases: ['action-type'], about: 'this action only' },
    service: { type: 'string', value: 'ID', aliases: ['service-name'], about: 'on this service' },
    repo: { type: 'string', value: 'OWNER/NAME', about: 'for runs of this repository' },
    last: { type: 'string', value: 'N', about: 'maximum number of actions; 25 by default' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const most = wholeNumber('last', options.last, { otherwise: 25, atMost: MAX_LISTED });
    const { api } = await openApi(options, terminal);
    const { action, service, repo } = options;
    const query = present({ action, service, repository: repo });
    let listed = 0;
    let cursor: string | null = null;
    for (let page = 0; page < MAX_PAGES && listed < most; page++) {
      const { actions, next }: { actions: readonly Past[]; next: string | null } = await contentOf(
        await api.actions.recent.$get({ query: { ...query, ...(cursor === null ? {} : { cursor }) } }),
      );
      for (const one of actions.slice(0, most - listed)) {
        await terminal.write(options.json === true ? `${JSON.stringify(one)}\n` : lineOf(one));
        listed += 1;
      }
      cursor = next;
      if (cursor === null) break;
    }
    if (listed === 0 && options.json !== true) terminal.say('selfheal: no such action.');
    return 0;
  },
});

interface Past {
  readonly action: string;
  readonly incident: string;
  readonly subject: string;
  readonly requestedBy: string | null;
  readonly at: string;
  readonly state: string;
  readonly verified: string | null;
  readonly summary: string | null;
}

function lineOf({ at, action, incident, subject, state, verified, requestedBy, summary }: Past): string {
  const outcome = verified === null ? state : `${state}, ${verified}`;
  const by = requestedBy === null ? '' : ` (asked by ${requestedBy})`;
  const what = cleanText(`${subject}${by}${summary === null ? '' : `: ${summary}`}`, 300);
  return `${at.slice(0, 16).replace('T', ' ')} UTC  ${action.padEnd(26)}  ${outcome.padEnd(18)}  ${incident}  ${what}\n`;
}
