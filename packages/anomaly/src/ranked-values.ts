/** Values that are not negative, in ascending order. */
export interface RankedValues {
  size(): number;
  /** Adds a value; returns how many smaller ones there are. */
  add(value: number): number;
  /** Removes one such value, which must be there. */
  remove(value: number): void;
  /** Copies the values from a rank on into `into`, ascending; returns their number. */
  from(rank: number, into: Float64Array): number;
}

const CAPACITY = 64;
const FIRST_BLOCKS = 64;
/** Neighbouring blocks that are counted together are 2 to the power of this. */
const GROUP_BITS = 4;
const GROUP = 1 << GROUP_BITS;

/**
 * The values lie in small sorted blocks (an unrolled B-tree of two levels), and groups of blocks are counted, so that
 * adding or removing a value and its rank take a few dozen steps each. Zeros, which detectors say most often, are only
 * counted.
 */
export function makeRankedValues(): RankedValues {
  return new Blocks();
}

class Blocks implements RankedValues {
  #zeros = 0;
  #size = 0;
  #blocks = 1;
  /** How many values lie in the blocks before the one that was looked for last. */
  #before = 0;
  /** In the order of the values, by block: where its values lie, how many they are, and the largest of them. */
  #starts = new Int32Array(FIRST_BLOCKS);
  #counts = new Int32Array(FIRST_BLOCKS);
  #lasts = new Float64Array(FIRST_BLOCKS).fill(Number.NEGATIVE_INFINITY);
  /** How many values each group of blocks holds. */
  #groups = new Int32Array(FIRST_BLOCKS / GROUP);
  #values = new Float64Array(FIRST_BLOCKS * CAPACITY);
  /** Where blocks were that are empty now. */
  #free: number[] = [];

  size(): number {
    return this.#size + this.#zeros;
  }

  add(value: number): number {
    if (value === 0) {
      this.#zeros += 1;
      return 0;
    }
    const values = this.#values;
    const at = this.#blockOf(value);
    const start = this.#starts[at] as number;
    const end = start + (this.#counts[at] as number);
    // Values move up until the place is found: a search before would wait for memory at each of its steps.
    let place = end;
    for (; place > start && (values[place - 1] as number) >= value; place -= 1)
      values[place] = values[place - 1] as number;
    values[place] = value;
    const rank = this.#zeros + this.#before + place - start;
    this.#lasts[at] = values[end] as number;
    this.#count(at, 1);
    if (end + 1 === start + CAPACITY) this.#split(at);
    return rank;
  }

  remove(value: number): void {
    if (value === 0) {
      this.#zeros -= 1;
      return;
    }
    const values = this.#values;
    const at = this.#blockOf(value);
    const start = this.#starts[at] as number;
    const end = start + (this.#counts[at] as number) - 1;
    let moved = values[end] as number;
    for (let to = end - 1; moved !== value && to >= start; to -= 1) {
      const next = values[to] as number;
      values[to] = moved;
      moved = next;
    }
    this.#count(at, -1);
    if (end > start) this.#lasts[at] = values[end - 1] as number;
    else this.#drop(at);
  }

  from(rank: number, into: Float64Array): number {
    let copied = 0;
    while (copied < this.#zeros - rank) into[copied++] = 0;
    let at = this.#blocks - 1;
    let before = this.size() - (this.#counts[at] as number);
    while (before > rank && at > 0) {
      at -= 1;
      before -= this.#counts[at] as number;
    }
    for (let skip = Math.max(0, rank - before); at < this.#blocks; at += 1, skip = 0) {
      const start = this.#starts[at] as number;
      const end = start + (this.#counts[at] as number);
      for (let place = start + skip; place < end; place += 1) into[copied++] = this.#values[place] as number;
    }
    return copied;
  }

  /** The first block that reaches up to the value, otherwise the last; counts the values in the blocks before it. */
  #blockOf(value: number): number {
    const lasts = this.#lasts;
    const last = this.#blocks - 1;
    let before = 0;
    let at = 0;
    for (; at + GROUP <= last && (lasts[at + GROUP - 1] as number) < value; at += GROUP)
      before += this.#groups[at >> GROUP_BITS] as number;
    for (; at < last && (lasts[at] as number) < value; at += 1) before += this.#counts[at] as number;
    this.#before = before;
    return at;
  }

  #count(block: number, by: 1 | -1): void {
    this.#size += by;
    this.#counts[block] = (this.#counts[block] as number) + by;
    this.#groups[block >> GROUP_BITS] = (this.#groups[block >> GROUP_BITS] as number) + by;
  }

  #split(at: number): void {
    if (this.#blocks === this.#starts.length) this.#grow();
    const half = CAPACITY / 2;
    const start = this.#starts[at] as number;
    const upper = this.#free.pop() ?? this.#blocks * CAPACITY;
    this.#values.copyWithin(upper, start + half, start + CAPACITY);
    for (const list of [this.#starts, this.#counts, this.#lasts]) list.copyWithin(at + 1, at, this.#blocks);
    this.#blocks += 1;
    this.#starts[at + 1] = upper;
    this.#counts[at] = half;
    this.#counts[at + 1] = half;
    this.#lasts[at] = this.#values[start + half - 1] as number;
    this.#countGroups(at);
  }

  /** Forgets an empty block, unless it is the only one. */
  #drop(at: number): void {
    if (this.#blocks === 1) {
      this.#lasts[at] = Number.NEGATIVE_INFINITY;
      return;
    }
    this.#free.push(this.#starts[at] as number);
    for (const list of [this.#starts, this.#counts, this.#lasts]) list.copyWithin(at, at + 1, this.#blocks);
    this.#blocks -= 1;
    this.#counts[this.#blocks] = 0;
    this.#countGroups(at);
  }

  #countGroups(from: number): void {
    for (let group = from >> GROUP_BITS; group < this.#groups.length; group += 1) {
      let sum = 0;
      for (let at = group << GROUP_BITS; at < (group + 1) << GROUP_BITS; at += 1) sum += this.#counts[at] as number;
      this.#groups[group] = sum;
    }
  }

  #grow(): void {
    const blocks = 2 * this.#starts.length;
    this.#starts = grown(this.#starts, new Int32Array(blocks));
    this.#counts = grown(this.#counts, new Int32Array(blocks));
    this.#lasts = grown(this.#lasts, new Float64Array(blocks));
    this.#groups = grown(this.#groups, new Int32Array(blocks / GROUP));
    this.#values = grown(this.#values, new Float64Array(blocks * CAPACITY));
  }
}

function grown<T extends Int32Array | Float64Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

/**
 * The first place from `from` to `end` whose value is not smaller, or `end`; with `pastEqual` the first whose value is greater. A search without
 * branches that a processor could mispredict.
 */
export function placeOf(
  value: number,
  ascending: Float64Array,
  from: number,
  end: number,
  pastEqual: 0 | 1 = 0,
): number {
  let low = from;
  let left = end - from;
  while (left > 0) {
    const half = (left + 1) >> 1;
    const other = ascending[low + half - 1] as number;
    low = (low + half * (Number(other < value) | (pastEqual & Number(other === value)))) | 0;
    left -= half;
  }
  return low;
}
