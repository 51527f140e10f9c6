import { describe, expect, it } from 'vitest';
import { makeCompletionQueue } from '#apps/local/completion-queue.ts';

type Ended = Parameters<ReturnType<typeof makeCompletionQueue>['add']>[0];
const end = (incidentId: string, startedAt = 0) => ({ incidentId, startedAt }) as unknown as Ended;

describe('ends of incidents', () => {
  it('reach whoever waits, and wait for whoever comes later, in their order', async () => {
    const ends = makeCompletionQueue();
    const waited = ends.next(10);
    ends.add(end('a'));
    ends.add(end('b'));
    ends.add(end('c'));
    expect([await waited, await ends.next(10), await ends.next(10)]).toEqual([end('a'), end('b'), end('c')]);
  });

  it('are handed out once, also of an incident that waited for a person before', async () => {
    const ends = makeCompletionQueue();
    for (const id of ['a', 'a', 'b']) ends.add(end(id));
    expect([await ends.next(10), await ends.next(10)]).toEqual([end('a'), end('b')]);
  });

  it('of incidents that started earlier are not taken for the one that somebody waits for', async () => {
    const ends = makeCompletionQueue();
    ends.add(end('resumed'));
    const waited = ends.next(10, 200);
    ends.add(end('late', 100));
    ends.add(end('own', 200));
    expect(await waited).toEqual(end('own', 200));
    ends.add(end('next', 400));
    expect(await ends.next(10, 300)).toEqual(end('next', 400));
    expect([await ends.next(10), await ends.next(10)]).toEqual([end('resumed'), end('late', 100)]);
  });

  it('do not go to one who gave up waiting', async () => {
    const ends = makeCompletionQueue();
    await expect(ends.next(0.01)).rejects.toThrow('No incident ended within 0.01 s.');
    const next = ends.next(10);
    ends.add(end('late'));
    expect(await next).toEqual(end('late'));
  });
});
