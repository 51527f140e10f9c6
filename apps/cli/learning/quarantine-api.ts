import {
  DRY_RUN_OPTION,
  type ExitCode,
  JSON_OPTION,
  type OptionSpecs,
  type OptionValues,
  UsageError,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import type { HistoryDecision } from '@selfheal/pull-request-quality/domain/flaky-tests/history-quarantine.ts';
import { API_OPTIONS, type ApiClient, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { stateAt, stateOption, withState } from '#apps/workbench/input/state-place.ts';

/** Of both commands that decide about a quarantine. */
export const QUARANTINE_OPTIONS = {
  ...stateOption('with what "flaky record" recorded'),
  reason: { type: 'string', value: 'TEXT', about: 'why; the page of the test shows it to everybody' },
  ...API_OPTIONS,
  ...DRY_RUN_OPTION,
  ...JSON_OPTION,
} as const satisfies OptionSpecs;
export const QUARANTINE_OPERANDS = { shown: 'KEY [OWNER/NAME]', atLeast: 1, atMost: 2 } as const;
export const QUARANTINE_DETAILS =
  'Of a test in a deployed Selfheal, with its repository; without one, in the quarantine that "flaky record" keeps (--state). The issue on GitHub stays\n' +
  'as it is. "selfheal flaky list" names the tests.';

type Options = OptionValues<typeof QUARANTINE_OPTIONS>;
type Routes = ApiClient['api']['tests'][':key'];

/** The routes of one test, and what addresses it in the state that it is in now. */
export async function openTest([key = '', repository = '']: readonly string[], options: Options, terminal: Terminal) {
  if (repository === '')
    throw new UsageError(`The test ${key} needs its repository, OWNER/NAME, as "selfheal flaky list" shows it.`);
  const { api } = await openApi(options, terminal);
  const routes = api.tests[':key'];
  const address = { param: { key }, query: { repository } };
  const { headers } = await routes.$get(address);
  return { routes, address: { ...address, header: { 'if-match': headers.get('etag') ?? '*' } } };
}

/** Decides about a test whose history `flaky record` keeps. */
export async function decideInState(
  key: string,
  state: string | undefined,
  decision: HistoryDecision,
  options: Options,
  terminal: Terminal,
): Promise<ExitCode> {
  const dryRun = options['dry-run'] === true;
  const { decideAboutTest } = await import('@selfheal/pull-request-quality/app/flaky-tests/test-history.ts');
  const decided = await withState(() => decideAboutTest(stateAt(state, terminal, { dryRun }), key, decision));
  if ('refused' in decided) throw new UsageError(`Not done: ${decided.refused}.`);
  const now = decision.kind === 'released' ? 'released' : `in quarantine until ${decision.until}`;
  const until = decision.kind === 'released' ? null : decision.until;
  const answer = {
    key,
    job: decided.job,
    state: decision.kind === 'released' ? 'released' : 'quarantined',
    until,
    dryRun,
  };
  await terminal.write(
    options.json === true ? `${JSON.stringify(answer)}\n` : `${key}: ${dryRun ? 'would be ' : ''}${now}.\n`,
  );
  return 0;
}

/** What became of a quarantine. */
export async function sayQuarantine(
  response: Awaited<ReturnType<Routes['release']['$post']>>,
  { json }: Options,
  terminal: Terminal,
): Promise<ExitCode> {
  const test = await contentOf(response);
  const now = test.state === 'released' ? 'released' : `in quarantine until ${test.quarantine?.until}`;
  await terminal.write(json === true ? `${JSON.stringify(test)}\n` : `${test.key}: ${now}.\n`);
  return 0;
}
