import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { type Terminal, writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { present } from '@selfheal/kernel/present.ts';
import { isQuarantined } from '@selfheal/pull-request-quality/domain/flaky-tests/history-quarantine.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { isAboutRecorded, recordedHistories } from '#apps/workbench/flaky/recorded-histories.ts';
import { chosenState, stateOption } from '#apps/workbench/input/state-place.ts';
import { writeRanked } from '../flaky/render-ranking.ts';

const MAX_NAME = 200;

/** What "flaky record" recorded: the tests in quarantine, those that end first at the top, then those that fail by chance, what they cost first. */
async function listRecorded(
  { state, all, json }: { readonly state: string | undefined; readonly all: boolean; readonly json: boolean },
  terminal: Terminal,
): Promise<void> {
  const { rankedTests } = await import('@selfheal/pull-request-quality/app/flaky-tests/test-history.ts');
  const now = new Date(terminal.now());
  const tests = rankedTests(await recordedHistories(state, null, terminal));
  const held = tests
    .filter(({ test }) => isQuarantined(test, now))
    .sort((a, b) => ((a.test.quarantine?.until ?? '') < (b.test.quarantine?.until ?? '') ? -1 : 1));
  const others = tests.filter((one) => !held.includes(one) && (all || one.judged.kind === 'flaky'));
  await writeRanked([...held, ...others], json, terminal);
  if (held.length === 0)
    terminal.say(`selfheal: no test is in quarantine in ${chosenState(state, terminal.environment)}.`);
}

export const flakyList = defineCommand({
  name: 'flaky list',
  aliases: ['test list'],
  summary: 'the tests that fail by chance, and those in quarantine, as recorded',
  details:
    'Of the repository, or of the one whose test failed last, in the deployment that --url, SELFHEAL_URL or a sign-in names; with --state, or without\n' +
    'a deployment, of what "flaky record" recorded, those in quarantine first. Each begins with what "flaky release" and "flaky extend" take.\n' +
    'With --json: JSON Lines, one test per line.\n' +
    '\n' +
    'Example: selfheal flaky list',
  operands: { shown: '[OWNER/NAME]', atLeast: 0, atMost: 1 },
  options: {
    ...stateOption('with what "flaky record" recorded'),
    all: { type: 'boolean', about: 'add tests that fail for a reason, and those with too few results' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands: [asked], options }, terminal) {
    if (await isAboutRecorded(asked, options, terminal)) {
      const { state, all = false, json = false } = options;
      await listRecorded({ state, all, json }, terminal);
      return 0;
    }
    const { api } = await openApi(options, terminal);
    const query = { ...present({ repository: asked }), all: `${options.all === true}` as const };
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
    if (more) terminal.say('selfheal: there are more; those that cost most are shown.');
    return 0;
  },
});
