import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeDynamoApiKeyStore } from '#shared/adapters/aws/dynamo-api-key-store.ts';
import { makeDynamoAccessTrail } from '#shared/adapters/aws/dynamo-incident-audit.ts';
import { authenticate } from '#shared/app/access/authenticate.ts';
import { formatApiKey } from '#shared/domain/access/api-key.ts';
import { ACCESS_TRAIL, type AccessEvent } from '#shared/domain/audit/access-event.ts';
import { verifyChain } from '#shared/domain/audit/audit-chain.ts';
import { API_KEY_ID, API_KEY_SECRET, anApiKey, NO_WORKFLOWS } from '#test/builders/index.ts';
import { fakeClock, makeRecordingLog } from '#test/fakes/index.ts';
import { type DynamoServer, startDynamo } from '../dynamo-server.ts';

let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());
const access = async () => ({ table: await dynamo.createTable(), client: dynamo.client });

describe('API keys in the Control table', () => {
  it('costs one read of one item for each key that is tried, and never a scan', async () => {
    const apiKeys = makeDynamoApiKeyStore(await access());
    for (let at = 0; at < 30; at += 1) await apiKeys.create(anApiKey({ id: at.toString(16).padStart(16, '0') }));
    const tokens = { verify: () => Promise.reject(new Error('No token is expected.')) };
    const deps = { apiKeys, tokens, clock: fakeClock(), log: makeRecordingLog(), ...NO_WORKFLOWS };
    const send = vi.spyOn(dynamo.client, 'send');
    const commands = () => send.mock.calls.map(([command]) => command.constructor.name);
    try {
      const tried = Array.from({ length: 20 }, (_, at) => formatApiKey(`${at}`.padStart(16, 'f'), API_KEY_SECRET));
      for (const text of [...tried, 'sh_', 'sh_x_y'])
        expect(await authenticate({ authorization: `Bearer ${text}` }, deps)).toMatchObject({ kind: 'refused' });
      expect(commands()).toEqual(tried.map(() => 'GetCommand'));
      send.mockClear();
      expect(await apiKeys.list()).toHaveLength(30);
      expect(commands()).toEqual(['QueryCommand']);
    } finally {
      send.mockRestore();
    }
  });

  it('creates a key also when the answer of the table is lost', async () => {
    const apiKeys = makeDynamoApiKeyStore(await access());
    dynamo.fault('lose');
    expect(await apiKeys.create(anApiKey())).toBe(true);
    expect(await apiKeys.get(API_KEY_ID)).toEqual(anApiKey());
  });

  it('lets nobody in while the table cannot be read', async () => {
    const apiKeys = makeDynamoApiKeyStore(await access());
    await apiKeys.create(anApiKey());
    const tokens = { verify: () => Promise.reject(new Error('No token is expected.')) };
    dynamo.fault('throttle', 'throttle');
    const headers = { authorization: `Bearer ${formatApiKey(API_KEY_ID, API_KEY_SECRET)}` };
    const deps = { apiKeys, tokens, clock: fakeClock(), log: makeRecordingLog(), ...NO_WORKFLOWS };
    expect(await authenticate(headers, deps)).toMatchObject({ kind: 'unavailable' });
  });
});

describe('the trail of who may call', () => {
  const BY = { by: 'admin@example.com', byId: 'subject-1', byKind: 'person' } as const;
  const revoked = (id: string): AccessEvent => ({
    at: '2026-11-21T12:00:00.000Z',
    event: 'api-key.revoked',
    facts: { id, name: 'wall display', ...BY },
  });

  it('is one chain of all who write at once, with each entry once', async () => {
    const trail = makeDynamoAccessTrail(await access());
    const ids = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(16));
    await Promise.all([...ids, ...ids].map((id) => trail.append(`revoked#${id}`, revoked(id))));
    const entries = await trail.auditTrail(ACCESS_TRAIL);
    expect(entries.map(({ key }) => key).sort()).toEqual(ids.map((id) => `revoked#${id}`));
    expect(verifyChain(ACCESS_TRAIL, entries)).toMatchObject({ kind: 'intact', chained: 4 });
    const changed = entries.map((entry, at) =>
      at === 1 ? { ...entry, facts: { ...entry.facts, by: 'another' } } : entry,
    );
    expect(verifyChain(ACCESS_TRAIL, changed)).toMatchObject({ kind: 'broken', sequence: 2 });
  });

  it('takes no event of an incident and no fact more', async () => {
    const trail = makeDynamoAccessTrail(await access());
    const wrong = { ...revoked('a'), event: 'incident.healed' } as unknown as AccessEvent;
    const more = {
      ...revoked('a'),
      facts: { ...revoked('a').facts, secret: API_KEY_SECRET },
    } as unknown as AccessEvent;
    await expect(trail.append('x', wrong)).rejects.toThrow();
    await expect(trail.append('x', more)).rejects.toThrow();
    expect(await trail.auditTrail(ACCESS_TRAIL)).toEqual([]);
  });
});
