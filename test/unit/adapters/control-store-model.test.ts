import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import { type FakeClock, fakeClock, makeMemoryControlStore } from '#test/fakes/index.ts';
import { type DynamoServer, startDynamo } from './dynamo-server.ts';

let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

const name = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
  fc.record({ kind: fc.constant('claim' as const), who: name, free: fc.boolean() }),
  fc.record({ kind: fc.constant('take' as const), who: name, limit: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('lease' as const), who: name, release: fc.boolean() }),
  fc.record({ kind: fc.constant('storm' as const), who: name }),
  fc.record({ kind: fc.constant('add' as const), amount: fc.integer({ min: 0, max: 9 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Runs one step and says what a caller saw. Lease ids are told apart by their order of appearance. */
async function run(store: ControlStore, clock: FakeClock, leases: string[], one: Step): Promise<unknown> {
  const soon = new Date(clock.now().getTime() + 60_000);
  switch (one.kind) {
    case 'wait':
      return clock.advance(one.seconds * 1000);
    case 'claim':
      return one.free ? store.releaseGroup('place', one.who) : store.claimGroup('place', one.who, clock.now());
    case 'take':
      return store.takeFromLimit('scope', 'window', one.who, one.limit, soon);
    case 'storm':
      return store.joinStorm(one.who, clock.now(), 1, 'runs');
    case 'add':
      return [await store.addTo('sum', one.amount, soon), await store.total('sum')];
    case 'lease': {
      const lease = await store.acquireLease('target', one.who, 60, clock.now());
      if (lease && !leases.includes(lease.id)) leases.push(lease.id);
      const held = await Promise.all(leases.map((id) => store.holdsLease('target', id, clock.now())));
      if (one.release && lease) await store.releaseLease('target', lease.id);
      return [lease && { ...lease, id: leases.indexOf(lease.id) }, held];
    }
  }
}

it('the control store in DynamoDB answers any sequence of calls as the one in memory does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const clocks = [fakeClock(), fakeClock()] as const;
      const table = await dynamo.createTable();
      const real = makeDynamoControlStore({ table, client: dynamo.client, clock: clocks[0] });
      const model = makeMemoryControlStore(clocks[1]);
      const leases: [string[], string[]] = [[], []];
      for (const one of steps) {
        const seen = await run(real, clocks[0], leases[0], one);
        expect({ one, seen }).toEqual({ one, seen: await run(model, clocks[1], leases[1], one) });
      }
    }),
    { numRuns: 25 },
  );
});
