import { describe, expect, it } from 'vitest';
import type { Item, Key } from '#shared/adapters/aws/dynamo-table.ts';
import { readingTogether } from '#shared/adapters/aws/reads-together.ts';

const key = (pk: string): Key => ({ pk, sk: 'META' });

/** Reads of a table in memory that lists its requests. */
function reads(stored: readonly string[], fails: () => boolean = () => false) {
  const requests: string[] = [];
  const found = (keys: readonly Key[]): Item[] =>
    keys.filter(({ pk }) => stored.includes(pk)).map((one) => ({ ...one }));
  const answer = async <T>(request: string, items: T): Promise<T> => {
    requests.push(request);
    if (fails()) throw new Error('throttled');
    return items;
  };
  const together = readingTogether({
    getAll: (keys) => answer(`all ${keys.map(({ pk }) => pk).join(' ')}`, found(keys)),
  });
  return { ...together, requests };
}

describe('records that are asked for at the same moment', () => {
  it('come in one request, each to whoever asked for it', async () => {
    const { get, getAll, requests } = reads(['a', 'b', 'c']);
    const answers = await Promise.all([
      get(key('a')),
      getAll([key('b'), key('missing')]),
      get(key('c')),
      get(key('a')),
    ]);
    expect(answers).toEqual([key('a'), [key('b')], key('c'), key('a')]);
    expect(requests).toEqual(['all a b missing c']);
  });

  it('are read again by whoever asks later', async () => {
    const { get, requests } = reads(['a']);
    expect(await get(key('a'))).toEqual(key('a'));
    expect(await get(key('b'))).toBeNull();
    expect(requests).toEqual(['all a', 'all b']);
  });

  it('fail together, and nothing stays failed', async () => {
    let fails = true;
    const { get } = reads(['a'], () => fails);
    const answers = await Promise.allSettled([get(key('a')), get(key('b'))]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    expect(await get(key('a'))).toEqual(key('a'));
  });
});
