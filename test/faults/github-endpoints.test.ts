import type { Fault } from '@selfheal/fake-server/faults.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Healer } from '#test/e2e/support/healer.ts';
import { announceSeed, LONG_ROUNDS, ROUNDS, timeFor } from './support/rounds.ts';
import { begin, type FailureName, openForWaves, problemsAfter, settle } from './support/waves.ts';

const RUN = 'actions/get-workflow-run';
const JOBS = 'actions/list-jobs-for-workflow-run-attempt';
const LOGS = 'actions/download-workflow-run-attempt-logs';
const STORAGE = 'logs/download';
const LIST = 'issues/list-comments';
const CREATE = 'issues/create-comment';
const RERUN = 'actions/re-run-workflow-failed-jobs';
const ENDPOINTS = [RUN, JOBS, LOGS, STORAGE, LIST, CREATE, RERUN] as const;
const REFUSED_FOR_GOOD = new Set([404, 410]);

type Answer = 403 | 404 | 410 | 429 | 500 | 502 | 'slow';
const ANSWERS: readonly Answer[] = [403, 404, 410, 429, 500, 502, 'slow'];
type Lasting = 'once' | 'for good';
type Case = readonly [endpoint: (typeof ENDPOINTS)[number], answer: Answer, lasting: Lasting];

/** Cases in which real seconds are waited for: a re-run that may have been made is looked for, and rate limits take minutes. */
const takesLong = ([endpoint, answer, lasting]: Case): boolean =>
  (endpoint === RERUN && (answer === 500 || answer === 502)) ||
  (endpoint === CREATE && (answer === 500 || answer === 502)) ||
  ((answer === 403 || answer === 429) && lasting === 'for good');

const ALL: readonly Case[] = ENDPOINTS.flatMap((endpoint) =>
  ANSWERS.flatMap((answer) => (['once', 'for good'] as const).map((lasting) => [endpoint, answer, lasting] as const)),
);

let healer: Healer;
const seed = announceSeed('GitHub endpoints');

/** Every case in a long round; in a short one as many as there are rounds for, drawn by the seed. */
function drawn(): readonly Case[] {
  if (ROUNDS >= LONG_ROUNDS) return ALL;
  const next = numbersFrom(seed);
  const quick = ALL.filter((one) => !takesLong(one)).map((one) => ({ one, place: next() }));
  return quick
    .sort((a, b) => a.place - b.place)
    .slice(0, 4 * ROUNDS)
    .map(({ one }) => one);
}

function faultOf(answer: Answer): Fault {
  if (answer === 'slow') return { kind: 'slow', ms: 300 };
  return { kind: 'status', status: answer, ...(answer === 403 || answer === 429 ? { retryAfterSeconds: 60 } : {}) };
}

/** Whether the comment must be as on a day without faults: what passes is repeated until it passed. */
const isExact = ([, answer, lasting]: Case): boolean =>
  answer === 'slow' || (lasting === 'once' && !REFUSED_FOR_GOOD.has(Number(answer)));

async function underFault(one: Case, name: FailureName): Promise<string[]> {
  const [endpoint, answer, lasting] = one;
  const { world } = healer;
  const before = world.journal.entries().length;
  world.faults.inject(endpoint, faultOf(answer), { times: lasting === 'once' ? 1 : Number.POSITIVE_INFINITY });
  const begun = begin(healer, name);
  await settle(healer, [begun]);
  const problems = await problemsAfter(healer, [begun], world.journal.entries().slice(before), isExact(one));
  const evidence = await healer.evidence.getEvidence(healer.incidentId(begun.subject));
  const read = evidence?.sources.some(({ lines }) => lines.length > 0) ?? false;
  const saysSo = (evidence?.notes ?? []).some((note) => /could not be read|refused/.test(note));
  const isGathered = evidence !== null && endpoint !== LIST && endpoint !== CREATE && endpoint !== RERUN;
  return [
    ...problems,
    ...(isGathered && !read && !saysSo ? ['nothing was read and no note says so'] : []),
    ...(isExact(one) && saysSo ? ['a gap is noted though GitHub answered in the end'] : []),
  ];
}

const CASES = drawn();
const STRUCK = ENDPOINTS.filter((endpoint) => CASES.some(([where]) => where === endpoint));

/** A healer of its own for each endpoint, so that no failure stands in the history of a hundred others. */
describe.each(STRUCK)('GitHub fails at %s', (endpoint) => {
  beforeAll(async () => {
    healer = await openForWaves();
  });
  afterAll(() => healer.stop());

  it.each(CASES.filter(([where]) => where === endpoint))(
    '%s answers %s %s: the incident ends as it should, and the comment says what is missing',
    async (...one) => {
      expect(await underFault(one, 'transient'), 'transient').toEqual([]);
      if (ROUNDS >= LONG_ROUNDS && one[0] !== RERUN)
        expect(await underFault(one, 'regression'), 'regression').toEqual([]);
    },
    timeFor(1),
  );
});
