import { describe, expect, it } from 'vitest';
import { remembered } from '../src/remembered.ts';

describe('a function that remembers its answers', () => {
  it('is asked once for a text that comes again soon, and again for one that is long past', () => {
    const asked: string[] = [];
    const lengthOf = remembered((text) => {
      asked.push(text);
      return text.length;
    }, 3);
    expect(['a', 'bb', 'a', 'bb'].map(lengthOf)).toEqual([1, 2, 1, 2]);
    expect(asked).toEqual(['a', 'bb']);
    for (const text of ['c', 'd', 'e', 'f', 'g', 'h']) lengthOf(text);
    expect(lengthOf('a')).toBe(1);
    expect(asked.filter((text) => text === 'a')).toHaveLength(2);
  });
});
