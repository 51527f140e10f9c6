import { describe, expect, it } from 'vitest';
import { once, onDemand } from '#functions/on-demand.ts';

interface Counter {
  add(by: number): Promise<number>;
  fail(): Promise<never>;
}

function aCounter() {
  let loads = 0;
  let sum = 0;
  const counter: Counter = {
    add: async (by) => {
      sum += by;
      return sum;
    },
    fail: async () => {
      throw new TypeError('broken');
    },
  };
  const port = onDemand<Counter>(async () => {
    loads += 1;
    return counter;
  });
  return { port, loads: () => loads };
}

describe('a port that is loaded on demand', () => {
  it('is not loaded before its first call, and once for all calls', async () => {
    const { port, loads } = aCounter();
    expect(loads()).toBe(0);
    expect(await Promise.all([port.add(1), port.add(2)])).toEqual([1, 3]);
    expect(await port.add(4)).toBe(7);
    expect(loads()).toBe(1);
  });

  it('passes errors on as they are', async () => {
    await expect(aCounter().port.fail()).rejects.toThrow(TypeError);
  });

  it('is not loaded because a promise resolves to it', async () => {
    const { port, loads } = aCounter();
    expect(await Promise.resolve(port)).toBe(port);
    expect(loads()).toBe(0);
  });

  it('is loaded again after a load that failed', async () => {
    let tries = 0;
    const load = once(async () => {
      tries += 1;
      if (tries === 1) throw new Error('no file');
      return tries;
    });
    await expect(load()).rejects.toThrow('no file');
    expect(await load()).toBe(2);
    expect(await load()).toBe(2);
  });
});
