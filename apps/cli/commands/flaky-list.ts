import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { shareText } from '#shared/kernel/numbers/proportion.ts';
import { API_OPTIONS, contentOf, openApi } from '../api/api-client.ts';
import { defineCommand, JSON_OPTION } from '../command.ts';
import { writeTogether } from '../terminal.ts';

const MAX_NAME = 200;

export const flakyList = defineCommand({
  name: 'flaky list',
  aliases: ['test list'],
  summary: 'the tests that fail by chance, and those in quarantine, as recorded',
  details:
    'Of the repository, or of the one whose test failed last. Each line begins with what "flaky release" and "flaky extend" take.\n' +
    'With --json: JSON Lines, one test per line.',
  operands: { shown: '[OWNER/NAME]', atLeast: 0, atMost: 1 },
  options: {
    all: { type: 'boolean', about: 'add tests that fail for a reason, and those with too few results' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands: [asked], options }, terminal) {
    const { api } = await openApi(options, terminal);
    const query = { ...(asked === undefined ? {} : { repository: asked }), all: `${options.all === true}` as const };
    const { repository, tests, more } = await contentOf(await api.tests.$get({ query }));
    await writeTogether(
      terminal,
      tests.map((test) => {
        if (options.json === true) return `${JSON.stringify(test)}\n`;
        const { key, name, state, score, quarantine } = test;
        const chance = score === null ? '' : `  ${shareText(score)} by chance`;
        const until = quarantine === null ? '' : `  issue #${quarantine.issue}, until ${quarantine.until}`;
        return `${key}  ${state.padEnd(11)}${chance}${until}  ${cleanText(name, MAX_NAME)}\n`;
      }),
    );
    if (tests.length === 0 && options.json !== true)
      terminal.say(`selfheal: no test of ${repository ?? 'any repository'} fails by chance, as far as is recorded.`);
    if (more) terminal.say('selfheal: there are more; the likeliest are shown.');
    return 0;
  },
});
