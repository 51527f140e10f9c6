import { describe, expect, it } from 'vitest';
import { createConnection, removeConnection, rotateConnection } from '#shared/app/intake/manage-connections.ts';
import { ConnectionSettings } from '#shared/domain/webhooks/connection.ts';
import { derivedSecrets, secretOfGeneration } from '#shared/domain/webhooks/connection-secret.ts';
import { ALERT_SOURCES } from '#shared/plugins/sources/registry.ts';
import { aCaller } from '#test/builders/index.ts';
import { fakeClock, makeMemoryAccessTrail } from '#test/fakes/index.ts';
import { MemoryConnections } from '#test/fakes/memory-connections.ts';

const ADMIN = aCaller();
const KEY = 'name key of tests';
const SETTINGS = ConnectionSettings.parse({ id: 'watched', source: 'alertmanager', scheme: 'path' });

function setUp() {
  const connections = new MemoryConnections();
  let made = 0;
  const deps = {
    connections,
    activity: connections,
    secrets: { read: async () => ({ key: KEY }) },
    sources: ALERT_SOURCES,
    trail: makeMemoryAccessTrail(),
    clock: fakeClock(),
    random: (bytes: number) => {
      made += 1;
      return String(made).padStart(2 * bytes, '0');
    },
    apiUrl: 'https://api.example.com',
  };
  const create = async () => {
    const outcome = await createConnection(SETTINGS, ADMIN, deps);
    if (outcome.kind !== 'done') throw new Error(outcome.kind);
    return outcome.setup;
  };
  const rotate = async () => {
    const outcome = await rotateConnection('watched', 0, ADMIN, deps);
    if (outcome.kind !== 'done') throw new Error(outcome.kind);
    return outcome.setup;
  };
  return { deps, create, rotate, remove: () => removeConnection('watched', ADMIN, deps) };
}

describe('a connection that is removed and made anew under its id', () => {
  it('accepts none of the secrets that it had before, not after rotations either', async () => {
    const { deps, create, rotate, remove } = setUp();
    const before = [(await create()).secret, (await rotate()).secret];
    await remove();
    const first = await create();
    const accepted = derivedSecrets(first.connection, KEY, deps.clock.now());
    expect(accepted).toEqual([first.secret]);
    const second = await rotate();
    const after = [first.secret, second.secret];
    expect(new Set([...before, ...after]).size).toBe(4);
    expect(first.url).toMatch(new RegExp(`/webhooks/alertmanager/watched/${first.secret}$`));
  });

  it('has each of its steps in the trail, again too', async () => {
    const { deps, create, rotate, remove } = setUp();
    for (let life = 0; life < 2; life += 1) {
      await create();
      await rotate();
      await remove();
    }
    const steps = ['connection.created', 'connection.rotated', 'connection.removed'];
    expect([...deps.trail.entries.values()].map(({ event }) => event)).toEqual([...steps, ...steps]);
  });

  it('is in the trail once where somebody asks for an id that is taken', async () => {
    const { deps, create } = setUp();
    await create();
    expect(await createConnection(SETTINGS, ADMIN, deps)).toEqual({ kind: 'taken' });
    expect([...deps.trail.entries.values()].map(({ event }) => event)).toEqual(['connection.created']);
  });
});

it('a connection from before salts keeps its secret', () => {
  const connection = { id: 'watched', scheme: 'bearer' as const };
  expect(secretOfGeneration(connection, 1, KEY)).toBe(secretOfGeneration({ ...connection, salt: undefined }, 1, KEY));
  expect(secretOfGeneration(connection, 1, KEY)).toBe(
    ['f68ea4009784f0ef', '76b2491d20a8148f', '91d79486057b0413'].join(''),
  );
});
