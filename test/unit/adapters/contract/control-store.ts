import type { Clock } from '@selfheal/kernel/time.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ControlStore } from '#shared/ports/control-store.ts';
import { aGithubTarget, aSignal } from '#test/builders/index.ts';
import { type FakeClock, fakeClock } from '#test/fakes/index.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const twenty = <T>(run: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: 20 }, (_, index) => run(index)));

/** What every control store does, whatever it is made of. */
export function controlStoreContract(name: string, open: (clock: Clock) => Promise<ControlStore>): void {
  let clock: FakeClock;
  let store: ControlStore;
  const later = (milliseconds: number): Date => new Date(clock.now().getTime() + milliseconds);
  beforeEach(async () => {
    clock = fakeClock();
    store = await open(clock);
  });

  describe(`${name}: intake`, () => {
    it('remembers a delivery for seven days', async () => {
      expect(await store.isProcessed('delivery-1')).toBe(false);
      await store.markProcessed('delivery-1', clock.now());
      expect(await store.isProcessed('delivery-1')).toBe(true);
      clock.advance(7 * DAY - 1000);
      expect(await store.isProcessed('delivery-1')).toBe(true);
      clock.advance(2000);
      expect(await store.isProcessed('delivery-1')).toBe(false);
    });

    it('gives a place to one of twenty incidents and names it to all', async () => {
      const holders = await twenty((index) => store.claimGroup('place', `gh-incident-${index}`, clock.now()));
      expect(new Set(holders).size).toBe(1);
      const [holder = ''] = holders;
      expect(await store.claimGroup('place', holder, clock.now())).toBe(holder);
    });

    it('frees a place only for its holder', async () => {
      await store.claimGroup('place', 'gh-first', clock.now());
      await store.releaseGroup('place', 'gh-second');
      expect(await store.claimGroup('place', 'gh-second', clock.now())).toBe('gh-first');
      expect(await store.groupHolder('place')).toBe('gh-first');
      await store.releaseGroup('place', 'gh-first');
      expect(await store.groupHolder('place')).toBeNull();
      expect(await store.claimGroup('place', 'gh-second', clock.now())).toBe('gh-second');
    });

    it('gives away a place that was claimed and left for two weeks', async () => {
      await store.claimGroup('place', 'gh-first', clock.now());
      expect(await store.claimGroup('place', 'gh-second', later(15 * DAY))).toBe('gh-second');
    });

    it('keeps the report of the newest run that waits for a place, until it is dropped', async () => {
      const keep = (runId: number) =>
        store.keepWaiting('place', aSignal({ target: aGithubTarget({ runId }) }), runId, clock.now());
      expect(await store.waiting('place')).toBeNull();
      await Promise.all([1002, 1004, 1003].map(keep));
      expect(await store.waiting('place')).toEqual(aSignal({ target: aGithubTarget({ runId: 1004 }) }));
      await store.dropWaiting('place', 1003);
      expect(await store.waiting('place')).toMatchObject({ target: { runId: 1004 } });
      await store.dropWaiting('place', 1004);
      expect(await store.waiting('place')).toBeNull();
      await keep(1001);
      expect(await store.waiting('place')).toMatchObject({ target: { runId: 1001 } });
      clock.advance(15 * DAY);
      expect(await store.waiting('place')).toBeNull();
    });

    it('counts the incidents of a minute, each once and in their order', async () => {
      expect(await store.countInMinute('2026-11-21T12:00Z', 'gh-a', 'runs')).toBe(1);
      expect(await store.countInMinute('2026-11-21T12:00Z', 'gh-b', 'runs')).toBe(2);
      expect(await store.countInMinute('2026-11-21T12:00Z', 'gh-a', 'runs')).toBe(1);
      expect(await store.countInMinute('2026-11-21T12:01Z', 'gh-c', 'runs')).toBe(1);
    });

    it('gives twenty simultaneous incidents twenty places', async () => {
      const places = await twenty((index) => store.countInMinute('2026-11-21T12:00Z', `gh-${index}`, 'runs'));
      expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    });

    it('gives a place of the hour once, and only to those who have one in their minute', async () => {
      const take = (id: string, minute: string, perMinute = 2) =>
        store.takePlace(id, 'runs', { minute, hour: '2026-11-21T12Z', perMinute });
      expect(await take('gh-a', '2026-11-21T12:00Z')).toBe(1);
      expect(await take('gh-b', '2026-11-21T12:00Z')).toBe(2);
      expect(await take('gh-c', '2026-11-21T12:00Z')).toBeNull();
      expect(await take('gh-b', '2026-11-21T12:00Z')).toBe(2);
      expect(await take('gh-d', '2026-11-21T12:01Z')).toBe(3);
      expect(await take('gh-c', '2026-11-21T12:00Z')).toBeNull();
      expect(await take('gh-e', '2026-11-21T12:02Z', 0)).toBeNull();
      const alone = { minute: '2026-11-21T12:00Z', hour: '2026-11-21T12Z', perMinute: 2 };
      expect(await store.takePlace('cw-a', 'alarm', alone)).toBe(1);
      expect(
        await store.takePlace('gh-f', 'runs', { ...alone, hour: '2026-11-21T13Z', minute: '2026-11-21T13:00Z' }),
      ).toBe(1);
    });

    it('gives as many of twenty simultaneous incidents a place as the minute has', async () => {
      const window = { minute: '2026-11-21T12:00Z', hour: '2026-11-21T12Z', perMinute: 12 };
      const places = await twenty((index) => store.takePlace(`gh-${index}`, 'runs', window));
      const taken = places.filter((place) => place !== null).toSorted((a, b) => a - b);
      expect(taken).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    });

    it('joins a running storm, and starts one when there was none or it went quiet', async () => {
      expect(await store.joinStorm('storm-a', clock.now(), 10, 'runs')).toEqual({ parentId: 'storm-a', started: true });
      expect(await store.joinStorm('storm-b', later(9 * MINUTE), 10, 'runs')).toEqual({
        parentId: 'storm-a',
        started: false,
      });
      expect(await store.joinStorm('storm-a', later(10 * MINUTE), 10, 'runs')).toEqual({
        parentId: 'storm-a',
        started: true,
      });
      expect(await store.joinStorm('storm-c', later(18 * MINUTE), 10, 'runs')).toEqual({
        parentId: 'storm-a',
        started: false,
      });
      expect(await store.joinStorm('storm-d', later(28 * MINUTE), 10, 'runs')).toEqual({
        parentId: 'storm-d',
        started: true,
      });
    });

    it('gives a storm that lasts another parent every hour', async () => {
      const parents: string[] = [];
      for (let minute = 0; minute < 125; minute += 4) {
        parents.push((await store.joinStorm(`storm-${minute}`, later(minute * MINUTE), 5, 'runs')).parentId);
      }
      expect([...new Set(parents)]).toEqual(['storm-0', 'storm-60', 'storm-120']);
    });

    it('starts another storm when the running one is of a clock that was set back since', async () => {
      await store.joinStorm('storm-ahead', later(24 * 60 * MINUTE), 10, 'runs');
      expect(await store.joinStorm('storm-now', clock.now(), 10, 'runs')).toEqual({
        parentId: 'storm-now',
        started: true,
      });
      // Clocks of several machines differ a little.
      expect(await store.joinStorm('storm-b', later(-5 * MINUTE), 10, 'runs')).toEqual({
        parentId: 'storm-now',
        started: false,
      });
    });

    it('counts and joins apart by scope', async () => {
      await store.countInMinute('2026-11-21T12:00Z', 'gh-a', 'runs');
      expect(await store.countInMinute('2026-11-21T12:00Z', 'cw-a', 'alarm')).toBe(1);
      await store.joinStorm('storm-a', clock.now(), 10, 'runs');
      expect(await store.joinStorm('storm-b', clock.now(), 10, 'alarm')).toEqual({
        parentId: 'storm-b',
        started: true,
      });
    });

    it('starts one storm when twenty incidents begin it', async () => {
      const joined = await twenty((index) => store.joinStorm(`storm-${index}`, clock.now(), 10, 'runs'));
      expect(new Set(joined.map(({ parentId }) => parentId)).size).toBe(1);
      expect(joined.filter(({ started }) => started)).toHaveLength(1);
    });
  });

  describe(`${name}: leases`, () => {
    it('gives a target to one of twenty holders', async () => {
      const leases = await twenty((index) => store.acquireLease('target', `holder-${index}`, 60, clock.now()));
      expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
    });

    it.each([
      [60, 60],
      [900, 900],
      [1, 60],
    ])(
      'of %d s, taken by a clock that was ahead, holds for clocks up to %d s behind and for no others',
      async (seconds, skew) => {
        const ahead = later(skew * 1000);
        const first = await store.acquireLease('target', 'holder', seconds, ahead);
        expect(await store.acquireLease('target', 'another', seconds, clock.now())).toBeNull();
        expect(await store.holdsLease('target', first!.id, clock.now())).toBe(true);
        // Not even for whoever took it: somebody else may take it at any moment.
        expect(await store.holdsLease('target', first!.id, later(-1))).toBe(false);
        const second = await store.acquireLease('target', 'another', seconds, later(-1));
        expect(second).not.toBeNull();
        expect(await store.holdsLease('target', second!.id, later(-1))).toBe(true);
        expect(await store.holdsLease('target', first!.id, ahead)).toBe(false);
      },
    );

    it('lies behind the clock again when its holder, whose clock was set back, asks again', async () => {
      await store.acquireLease('target', 'holder', 60, later(DAY));
      const again = await store.acquireLease('target', 'holder', 60, clock.now());
      expect(await store.holdsLease('target', again!.id, clock.now())).toBe(true);
      expect(await store.acquireLease('target', 'another', 60, later(59_000))).toBeNull();
      expect(await store.acquireLease('target', 'another', 60, later(60_000))).not.toBeNull();
    });

    it('is the same lease, longer, when its holder asks again', async () => {
      const first = await store.acquireLease('target', 'holder', 60, clock.now());
      const again = await store.acquireLease('target', 'holder', 60, later(30_000));
      expect(first?.expiresAt).toBe('2026-11-21T12:01:00.000Z');
      expect(again).toEqual({ id: first?.id, expiresAt: '2026-11-21T12:01:30.000Z' });
    });

    it('expires, and whoever held it does not hold the next one', async () => {
      const first = await store.acquireLease('target', 'holder', 60, clock.now());
      expect(await store.holdsLease('target', first!.id, later(59_999))).toBe(true);
      expect(await store.holdsLease('target', first!.id, later(60_000))).toBe(false);
      const second = await store.acquireLease('target', 'another', 60, later(60_000));
      expect(second?.id).not.toBe(first?.id);
      expect(await store.holdsLease('target', first!.id, later(60_001))).toBe(false);
      await store.releaseLease('target', first!.id);
      expect(await store.holdsLease('target', second!.id, later(60_001))).toBe(true);
    });

    it('gives an expired lease of the same holder a new id', async () => {
      const first = await store.acquireLease('target', 'holder', 60, clock.now());
      const second = await store.acquireLease('target', 'holder', 60, later(61_000));
      expect(second?.id).not.toBe(first?.id);
    });

    it('releases the lease of a holder, whatever its id, and of nobody else', async () => {
      const lease = await store.acquireLease('target', 'one', 60, clock.now());
      await store.releaseHeldBy('target', 'two');
      expect(await store.holdsLease('target', lease?.id ?? '', clock.now())).toBe(true);
      await store.releaseHeldBy('target', 'one');
      expect(await store.holdsLease('target', lease?.id ?? '', clock.now())).toBe(false);
      expect(await store.acquireLease('target', 'two', 60, clock.now())).not.toBeNull();
      await store.releaseHeldBy('another', 'one');
    });

    it('is free after its release', async () => {
      const lease = await store.acquireLease('target', 'holder', 60, clock.now());
      await store.releaseLease('target', lease!.id);
      expect(await store.holdsLease('target', lease!.id, clock.now())).toBe(false);
      expect(await store.acquireLease('target', 'another', 60, clock.now())).not.toBeNull();
    });
  });

  describe(`${name}: limits`, () => {
    it('gives out exactly the limit to twenty who take at once', async () => {
      const taken = await twenty((index) => store.takeFromLimit('hour', '12', `key-${index}`, 7, later(DAY)));
      expect(taken.filter(Boolean)).toHaveLength(7);
    });

    it('takes once for a key, however often it asks', async () => {
      const taken = await twenty(() => store.takeFromLimit('hour', '12', 'key', 1, later(DAY)));
      expect(taken.every(Boolean)).toBe(true);
      expect(await store.takeFromLimit('hour', '12', 'another', 1, later(DAY))).toBe(false);
    });

    it('counts each scope and window apart, and takes nothing from a limit of zero', async () => {
      expect(await store.takeFromLimit('hour', '12', 'a', 1, later(DAY))).toBe(true);
      expect(await store.takeFromLimit('hour', '13', 'b', 1, later(DAY))).toBe(true);
      expect(await store.takeFromLimit('target', '12', 'b', 1, later(DAY))).toBe(true);
      expect(await store.takeFromLimit('target', '14', 'b', 0, later(DAY))).toBe(false);
    });

    it('begins a window anew after its expiry', async () => {
      await twenty((index) => store.takeFromLimit('hour', 'always', `old-${index}`, 5, later(MINUTE)));
      clock.advance(MINUTE);
      const taken = await twenty((index) => store.takeFromLimit('hour', 'always', `new-${index}`, 5, later(MINUTE)));
      expect(taken.filter(Boolean)).toHaveLength(5);
    });

    it('adds up, also when twenty add at once, until the total expires', async () => {
      expect(await store.total('tokens')).toBe(0);
      const totals = await twenty(() => store.addTo('tokens', 5, later(MINUTE)));
      expect(Math.max(...totals)).toBe(100);
      expect(await store.total('tokens')).toBe(100);
      clock.advance(MINUTE);
      expect(await store.total('tokens')).toBe(0);
      expect(await store.addTo('tokens', 3, later(MINUTE))).toBe(3);
    });

    it('counts failures between two instants, each key once', async () => {
      await store.addFailure('rerun', 'first', clock.now());
      await store.addFailure('rerun', 'second', later(MINUTE));
      await store.addFailure('rerun', 'first', later(2 * MINUTE));
      await store.addFailure('rollback', 'third', later(MINUTE));
      expect(await store.failuresBetween('rerun', clock.now(), later(DAY))).toBe(2);
      expect(await store.failuresBetween('rerun', later(1), later(DAY))).toBe(1);
      expect(await store.failuresBetween('rerun', later(2 * MINUTE), later(DAY))).toBe(0);
      expect(await store.failuresBetween('rerun', later(-DAY), later(MINUTE))).toBe(2);
      expect(await store.failuresBetween('rerun', later(-DAY), later(MINUTE - 1))).toBe(1);
    });
  });

  describe(`${name}: settings`, () => {
    it('has the kill switch off until somebody sets it', async () => {
      expect(await store.controls()).toEqual({ killSwitch: false, reason: null });
      await store.setControls({ killSwitch: true, reason: 'Release day.' });
      expect(await store.controls()).toEqual({ killSwitch: true, reason: 'Release day.' });
      expect(await store.liftKillSwitch({ killSwitch: true, reason: 'Something else.' })).toBe(false);
      expect((await store.controls()).killSwitch).toBe(true);
      expect(await store.liftKillSwitch({ killSwitch: true, reason: 'Release day.' })).toBe(true);
      expect(await store.controls()).toEqual({ killSwitch: false, reason: null });
    });

    it('keeps a gathered message once, until it is dropped', async () => {
      const message = {
        version: 1,
        channel: 'email',
        about: 'checkout',
        incidentId: 'api-1',
        key: 'final#1',
        at: clock.now().toISOString(),
        headline: 'Orders are missing',
        outcome: 'A person has to look.',
        links: [{ name: 'page', url: 'https://example.com' }],
      } as const;
      const other = { ...message, incidentId: 'api-2' };
      for (const one of [message, message, other]) await store.keepGathered(one);
      expect(await store.gathered(10)).toEqual([message, other]);
      expect(await store.gathered(1)).toHaveLength(1);
      await store.dropGathered(message);
      await store.dropGathered(message);
      expect(await store.gathered(10)).toEqual([other]);
    });

    it('keeps cursors by name', async () => {
      expect(await store.cursor('sweep')).toBeNull();
      await store.setCursor('sweep', '1');
      await store.setCursor('sweep', '2');
      expect(await store.cursor('sweep')).toBe('2');
      expect(await store.cursor('another')).toBeNull();
    });
  });
}
