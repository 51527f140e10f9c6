/**
 * Values in ascending order. They lie in blocks, so that adding or removing one moves at most a block's values (an
 * unrolled B-tree of two levels).
 */
export interface RankedValues {
  size(): number;
  /** Adds a value; returns how many smaller ones there are. */
  add(value: number): number;
  /** Removes one such value, which must be there. */
  remove(value: number): void;
  /** Copies the values from a rank on into `into`, ascending; returns their number. */
  from(rank: number, into: Float64Array): number;
}

const CAPACITY = 128;

export function makeRankedValues(): RankedValues {
  const blocks: Float64Array[] = [new Float64Array(CAPACITY)];
  const counts: number[] = [0];
  /** The largest value of each block. */
  const lasts: number[] = [Number.NEGATIVE_INFINITY];
  let size = 0;

  /** The first block that reaches up to the value, otherwise the last. */
  function blockOf(value: number): number {
    return Math.min(blocks.length - 1, placeOf(value, lasts, blocks.length));
  }

  function split(at: number): void {
    const half = CAPACITY / 2;
    const full = blocks[at] as Float64Array;
    const upper = new Float64Array(CAPACITY);
    upper.set(full.subarray(half));
    blocks.splice(at + 1, 0, upper);
    counts.splice(at, 1, half, half);
    lasts.splice(at, 0, full[half - 1] as number);
  }

  return {
    size: () => size,
    add(value) {
      const at = blockOf(value);
      const block = blocks[at] as Float64Array;
      const count = counts[at] as number;
      const place = placeOf(value, block, count);
      let rank = place;
      for (let before = 0; before < at; before += 1) rank += counts[before] as number;
      // A loop moves some dozen values sooner than a call of `copyWithin` begins.
      for (let to = count; to > place; to -= 1) block[to] = block[to - 1] as number;
      block[place] = value;
      counts[at] = count + 1;
      lasts[at] = block[count] as number;
      size += 1;
      if (count + 1 === CAPACITY) split(at);
      return rank;
    },
    remove(value) {
      const at = blockOf(value);
      const block = blocks[at] as Float64Array;
      const left = (counts[at] as number) - 1;
      for (let to = placeOf(value, block, left); to < left; to += 1) block[to] = block[to + 1] as number;
      counts[at] = left;
      size -= 1;
      if (left > 0) lasts[at] = block[left - 1] as number;
      else if (blocks.length === 1) lasts[at] = Number.NEGATIVE_INFINITY;
      else for (const list of [blocks, counts, lasts]) list.splice(at, 1);
    },
    from(rank, into) {
      let at = blocks.length - 1;
      let start = size - (counts[at] as number);
      while (start > rank) {
        at -= 1;
        start -= counts[at] as number;
      }
      let copied = 0;
      for (let place = rank - start; at < blocks.length; at += 1, place = 0) {
        const block = blocks[at] as Float64Array;
        const count = counts[at] as number;
        for (; place < count; place += 1) into[copied++] = block[place] as number;
      }
      return copied;
    },
  };
}

/** How many of the first `count` ascending values are smaller than `value`. A search without branches to mispredict. */
export function placeOf(value: number, ascending: ArrayLike<number>, count: number): number {
  let low = 0;
  let left = count;
  while (left > 1) {
    const half = left >> 1;
    low = (low + half * Number((ascending[low + half - 1] as number) < value)) | 0;
    left -= half;
  }
  return left === 1 && (ascending[low] as number) < value ? low + 1 : low;
}
