import { API_OPTIONS, type ApiClient, contentOf, openApi } from '../api/api-client.ts';
import { type ExitCode, JSON_OPTION, type OptionSpecs, type OptionValues } from '../command.ts';
import type { Terminal } from '../terminal.ts';

/** Of both commands that decide about a quarantine. */
export const QUARANTINE_OPTIONS = {
  reason: { type: 'string', value: 'TEXT', about: 'why; the page of the test shows it to everybody' },
  ...API_OPTIONS,
  ...JSON_OPTION,
} as const satisfies OptionSpecs;
export const QUARANTINE_OPERANDS = { shown: 'KEY OWNER/NAME', atLeast: 2, atMost: 2 } as const;
export const QUARANTINE_DETAILS = 'The issue on GitHub stays as it is. "selfheal flaky list" names the tests.';

type Options = OptionValues<typeof QUARANTINE_OPTIONS>;
type Routes = ApiClient['api']['tests'][':key'];

/** The routes of one test, and what addresses it in the state that it is in now. */
export async function openTest([key = '', repository = '']: readonly string[], options: Options, terminal: Terminal) {
  const { api } = await openApi(options, terminal);
  const routes = api.tests[':key'];
  const address = { param: { key }, query: { repository } };
  const { headers } = await routes.$get(address);
  return { routes, address: { ...address, header: { 'if-match': headers.get('etag') ?? '*' } } };
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
