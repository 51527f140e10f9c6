import type { InferResponseType } from 'hono/client';
import { api, contentOf } from '../../api/client.ts';
import type { Tone } from '../../ui/words.ts';

const one = api.tests[':key'];

type TestList = InferResponseType<typeof api.tests.$get, 200>;
export type TestSummary = TestList['tests'][number];
export type TestDetails = InferResponseType<typeof one.$get, 200>;
export type Quarantine = NonNullable<TestSummary['quarantine']>;

/** A test as the reader saw it: a decision is refused when somebody else has decided since. */
interface Seen {
  readonly key: string;
  readonly repository: string;
  readonly revision: number;
}

const addressOf = ({ key, repository, revision }: Seen) => ({
  param: { key },
  query: { repository },
  header: { 'if-match': `"${revision}"` },
});

export const readTest = async (key: string, repository: string) =>
  contentOf(await one.$get({ param: { key }, query: { repository } }));

export const releaseTest = async (seen: Seen, reason: string) =>
  contentOf(await one.release.$post({ ...addressOf(seen), json: { reason } }));

export const extendTest = async (seen: Seen, until: string, reason: string) =>
  contentOf(await one.extend.$post({ ...addressOf(seen), json: { until, reason } }));

export const TEST_STATES: Readonly<Record<TestSummary['state'], { readonly label: string; readonly tone: Tone }>> = {
  quarantined: { label: 'In quarantine', tone: 'warn' },
  expired: { label: 'Time is over', tone: 'bad' },
  released: { label: 'Released', tone: 'info' },
  flaky: { label: 'Flaky', tone: 'accent' },
  broken: { label: 'Broke and was mended', tone: 'none' },
  steady: { label: 'Too few results', tone: 'none' },
};

/** How many runs a week fail with a test. */
export const weekly = (failures: number): string =>
  failures < 0.1 ? 'under 0.1 a week' : `${failures.toFixed(failures < 10 ? 1 : 0)} a week`;

export function ownerWords(owner: Quarantine['owner']): string {
  switch (owner.kind) {
    case 'code-owners':
      return owner.names.join(', ');
    case 'author':
      return `@${owner.login}, who last changed its file`;
    case 'nobody':
      return 'nobody: no owner was found';
  }
}
