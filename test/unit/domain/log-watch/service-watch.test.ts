import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeServiceWatch } from '#shared/domain/log-watch/service-watch.ts';
import { digestsOf, HOUR, learned, MINUTE, play, START } from './made-log.ts';

const times = (count: number, line: (at: number) => string): string[] =>
  Array.from({ length: count }, (_, at) => line(at));

/** What goes wrong, minute by minute of twenty, and the finding that has to be named first or second. */
const FAULTS = [
  [
    'a known error rises',
    (m: number) => times(4, (n) => `ERROR payment ${m * 7 + n} declined by provider`),
    'more-errors',
  ],
  ['a new error', (m: number) => [`ERROR connection to 10.0.0.${m}:5432 refused`], 'new-message'],
  ['requests fail', (m: number) => times(3, (n) => `GET /api/orders/${m * n} HTTP/1.1" 502 ${n}`), 'failing-requests'],
  ['warnings come in a storm', (m: number) => times(9, (n) => `WARN slow query took ${m * n} ms`), 'more-warnings'],
  [
    'a loop writes without an error',
    (m: number) => times(30, (n) => `INFO reconnecting to broker, attempt ${m * n}`),
    'new-message',
  ],
  ['a process ends', (m: number) => (m === 3 ? ['FATAL out of memory: heap of 900 MB exhausted'] : []), 'new-message'],
  ['the service is silent', () => null, 'silence'],
] as const;

describe('the watch of a service', () => {
  it.each(FAULTS)('[D34] opens one incident when %s, and says against what', (_name, fault, kind) => {
    const { watch, now } = learned();
    const incidents = play(
      watch,
      digestsOf(now, 60, (minute) => (minute < 30 ? fault(minute) : [])),
      now,
      60,
    );
    expect(incidents).toHaveLength(1);
    expect(incidents[0]?.findings.map((finding) => finding.kind)).toContain(kind);
    for (const { observed, expected } of incidents[0]?.findings ?? []) expect(observed).not.toBeCloseTo(expected, 0);
  });

  it('says nothing of a further usual day', () => {
    const { watch, now } = learned();
    expect(play(watch, digestsOf(now, 1_440), now, 1_440)).toEqual([]);
  });

  it('is quiet while it learns, and says so', () => {
    const watch = makeServiceWatch('orders');
    const digests = digestsOf(START, 60, (m) => times(9, (n) => `ERROR connection ${m * n} refused`));
    expect(play(watch, digests, START, 60)).toEqual([]);
    expect(watch.status()).toMatchObject({ learning: true, learningHours: 24 });
  });

  it('does not take three times the traffic, errors included, for a fault', () => {
    const { watch, now } = learned(30);
    const rush = (m: number) =>
      times(32, (n) => (n % 11 === 0 ? `WARN slow query took ${m * n} ms` : `INFO accepted order ${m * n} in ${n} ms`));
    expect(play(watch, digestsOf(now, 60, rush), now, 60)).toEqual([]);
  });

  it('opens the same incident once, whatever is repeated, shuffled or ten minutes late', () => {
    const fault = (m: number) => (m >= 10 && m < 30 ? times(6, (n) => `ERROR connection ${m * n} refused`) : []);
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 60, maxLength: 60 }), fc.boolean(), (order, outage) => {
        const { watch, now } = learned();
        const digests = digestsOf(now, 60, fault);
        // Ten minutes of nothing, then all of it, out of order, each twice.
        const late = digests.map((digest, at) => ({ digest, key: order[at % order.length] ?? 0 }));
        const shuffled = late.toSorted((a, b) => a.key - b.key).map(({ digest }) => digest);
        const incidents = outage ? [] : play(watch, digests, now, 60);
        const end = now + 60 * MINUTE + (outage ? 10 * MINUTE : 0);
        for (const digest of [...shuffled, ...shuffled]) watch.add(digest, end);
        incidents.push(...watch.judge(end), ...watch.judge(end + MINUTE), ...watch.judge(end + HOUR / 2));
        expect(incidents.filter(({ findings }) => findings.some(({ kind }) => kind !== 'silence'))).toHaveLength(1);
      }),
      { numRuns: 6 },
    );
  });

  it('goes on from its state as if it had never stopped', () => {
    const { watch, now } = learned();
    const kept: unknown = JSON.parse(JSON.stringify(watch.state()));
    const again = makeServiceWatch('orders', undefined, kept);
    const digests = digestsOf(now, 30, (m) => times(4, (n) => `ERROR payment ${m * n} declined by provider`));
    expect(play(again, digests, now, 30)).toEqual(play(watch, digests, now, 30));
    expect(again.state()).toEqual(watch.state());
  });

  it('counts lines of last month and of tomorrow apart, and judges neither', () => {
    const { watch, now } = learned();
    const { lines, outOfTime } = watch.status();
    for (const from of [START - 30 * 24 * HOUR, now + 24 * HOUR])
      for (const digest of digestsOf(from, 1, () => ['FATAL out of memory']))
        expect(watch.add(digest, now)).toBe(false);
    expect(watch.judge(now)).toEqual([]);
    expect(watch.status()).toMatchObject({ lines });
    expect(watch.status().outOfTime).toBeGreaterThan(outOfTime);
  });

  it('refuses a state that it does not understand', () => {
    expect(() => makeServiceWatch('orders', undefined, { version: 2 })).toThrow(/State of a watched service/);
  });
});
