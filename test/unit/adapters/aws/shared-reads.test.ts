import { describe, expect, it } from 'vitest';
import { createdIncidents, dynamoAudit } from '#shared/adapters/aws/dynamo-incident-audit.ts';
import type { Item, Key, Table } from '#shared/adapters/aws/dynamo-table.ts';
import { sharingEvidence, sharingLists } from '#shared/adapters/aws/shared-reads.ts';
import { verifyChain } from '#shared/domain/audit/audit-chain.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';

/** A table in memory that lists its requests. */
function aTable() {
  const items = new Map<string, Item & Key>();
  const requests: string[] = [];
  const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;
  const table = {
    get: async (key: Key) => {
      requests.push(`get ${nameOf(key)}`);
      return items.get(nameOf(key)) ?? null;
    },
    query: async (pk: string, { prefix = '' }: { prefix?: string } = {}) => {
      requests.push(`query ${pk} ${prefix}`.trim());
      return [...items.values()].filter((item) => item.pk === pk && String(item.sk).startsWith(prefix));
    },
    put: async (item: Item & Key, condition?: object) => {
      requests.push(`put ${nameOf(item)}`);
      if (condition !== undefined && items.has(nameOf(item))) return false;
      items.set(nameOf(item), item);
      return true;
    },
    update: async (key: Key) => {
      requests.push(`update ${nameOf(key)}`);
      return { ...key };
    },
  } as unknown as Table;
  return { table, requests };
}

const item = (sk: string): Item & Key => ({ pk: 'INC#one', sk });
const prefixed = (prefix: string) => ({ prefix });

describe('the lists of an incident, read for one step', () => {
  it('take one query together, also when they are read at the same time', async () => {
    const { table, requests } = aTable();
    await table.put(item('ROUND#1'));
    await table.put(item('ACTION#a'));
    requests.length = 0;
    const shared = sharingLists(table);
    const [plans, actions, approvals] = await Promise.all(
      ['ROUND#', 'ACTION#', 'APPROVAL#'].map((prefix) => shared.query('INC#one', prefixed(prefix))),
    );
    expect([plans, actions, approvals].map((found) => found?.map(({ sk }) => sk))).toEqual([
      ['ROUND#1'],
      ['ACTION#a'],
      [],
    ]);
    expect(requests).toEqual(['query INC#one']);
  });

  it('are read again after the step has written to one of them', async () => {
    const { table } = aTable();
    const shared = sharingLists(table);
    expect(await shared.query('INC#one', prefixed('ROUND#'))).toEqual([]);
    await shared.put(item('ROUND#1'));
    expect(await shared.query('INC#one', prefixed('ROUND#'))).toHaveLength(1);
  });

  it('are not read again because the incident itself was written', async () => {
    const { table, requests } = aTable();
    const shared = sharingLists(table);
    await shared.query('INC#one', prefixed('ROUND#'));
    await shared.update(item('META'), { update: 'SET a = :a' });
    await shared.query('INC#one', prefixed('ROUND#'));
    expect(requests.filter((request) => request.startsWith('query'))).toHaveLength(1);
  });

  it('of other partitions, and parts of a list, are read as before', async () => {
    const { table, requests } = aTable();
    const shared = sharingLists(table);
    await shared.query('AUDIT#one');
    await shared.query('INC#one', { prefix: 'ROUND#', limit: 1 });
    await shared.get({ pk: 'AUDIT#one', sk: 'ENTRY#1' });
    expect(requests).toEqual(['query AUDIT#one', 'query INC#one ROUND#', 'get AUDIT#one ENTRY#1']);
  });

  it('come with the incident itself, which is read anew from the second time on and once the step has written to it', async () => {
    const { table, requests } = aTable();
    await table.put(item('META'));
    await table.put(item('PLAN#a'));
    requests.length = 0;
    const shared = sharingLists(table);
    expect(await shared.get(item('META'))).toEqual(item('META'));
    expect(await shared.query('INC#one', prefixed('PLAN#'))).toHaveLength(1);
    expect(requests).toEqual(['query INC#one']);
    await shared.get(item('META'));
    await shared.update(item('PLAN#a'), { update: 'SET a = :a' });
    await shared.get(item('PLAN#a'));
    expect(requests.slice(1)).toEqual(['get INC#one META', 'update INC#one PLAN#a', 'get INC#one PLAN#a']);
  });

  it('are asked for again after a failed read', async () => {
    const { table } = aTable();
    let tries = 0;
    const query: Table['query'] = async (...given) => {
      tries += 1;
      if (tries === 1) throw new Error('throttled');
      return await table.query(...given);
    };
    const shared = sharingLists({ ...table, query });
    await expect(shared.query('INC#one', prefixed('ROUND#'))).rejects.toThrow('throttled');
    expect(await shared.query('INC#one', prefixed('ROUND#'))).toEqual([]);
  });
});

const anEntry = (at: number) => ({
  at: new Date(at).toISOString(),
  event: 'incident.opened' as const,
  facts: { attempt: 1, source: 'github', kind: 'run-failed' },
});

describe('the audit trail, appended to in one step', () => {
  it('is not read for the incident that it opens', async () => {
    const { table, requests } = aTable();
    const created = createdIncidents();
    created.add('one');
    await dynamoAudit(table, { created }).audit('one', 'opened', anEntry(1));
    expect(requests).toEqual(['put INC#one TRAIL#000000001']);
    await dynamoAudit(table, { created }).audit('one', 'opened', anEntry(2));
    expect(await dynamoAudit(table).auditTrail('one')).toHaveLength(1);
  });

  it('comes with the lists of the incident, also after the step has written to one of them', async () => {
    const { table, requests } = aTable();
    await dynamoAudit(table).audit('one', 'a', anEntry(1));
    requests.length = 0;
    const lists = sharingLists(table);
    await lists.query('INC#one', prefixed('ROUND#'));
    await lists.put(item('ROUND#1'));
    const { audit } = dynamoAudit(table, { known: new Map(), lists });
    await audit('one', 'a', anEntry(2));
    await audit('one', 'b', anEntry(3));
    expect(requests).toEqual(['query INC#one', 'put INC#one ROUND#1', 'put INC#one TRAIL#000000002']);
  });

  it('goes on apart from the incident where an earlier version began it', async () => {
    const { table, requests } = aTable();
    await dynamoAudit(table).audit('one', 'a', anEntry(1));
    const [begun] = await table.query('INC#one', prefixed('TRAIL#'));
    const former = aTable();
    await former.table.put({ ...begun, pk: 'AUDIT#one', sk: 'ENTRY#000000001' });
    const { audit, auditTrail } = dynamoAudit(former.table);
    await audit('one', 'a', anEntry(2));
    await audit('one', 'b', anEntry(3));
    expect(former.requests.at(-1)).toBe('put AUDIT#one ENTRY#000000002');
    const trail = await auditTrail('one');
    expect(verifyChain('one', trail)).toMatchObject({ kind: 'intact', chained: 2 });
    expect(requests.filter((request) => request.startsWith('put'))).toHaveLength(1);
  });

  it('is read once, stays one chain, and follows another writer', async () => {
    const { table, requests } = aTable();
    const [own, other] = [dynamoAudit(table, { known: new Map() }), dynamoAudit(table)];
    await own.audit('one', 'a', { ...anEntry(1), event: 'incident.reopened' });
    await own.audit('one', 'b', anEntry(2));
    // Where it lies now, and where an earlier version would have begun it.
    expect(requests.filter((request) => request.startsWith('query'))).toHaveLength(2);
    await other.audit('one', 'c', anEntry(3));
    await own.audit('one', 'd', anEntry(4));
    await own.audit('one', 'b', anEntry(5));
    const trail = await other.auditTrail('one');
    expect(trail.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
    expect(trail.map(({ link }) => link.previous)).toEqual([
      null,
      ...trail.slice(0, -1).map(({ link }) => link.digest),
    ]);
  });
});

describe('the evidence of an incident, read for one step', () => {
  it('is read once, and again after it was written', async () => {
    let reads = 0;
    const store = {
      getEvidence: async () => {
        reads += 1;
        return null;
      },
      putEvidence: async () => undefined,
    } as unknown as EvidenceStore;
    const shared = sharingEvidence(store);
    await Promise.all([shared.getEvidence('one'), shared.getEvidence('one'), shared.getEvidence('two')]);
    expect(reads).toBe(2);
    await shared.putEvidence({ incidentId: 'one' } as never);
    await shared.getEvidence('one');
    expect(reads).toBe(3);
  });
});
