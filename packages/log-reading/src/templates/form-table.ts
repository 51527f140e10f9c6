const CAPACITY = 1 << 15;
const MAX_FORMS = CAPACITY / 2;

/** A cache from the hash of a line's form to a positive number, by open addressing. When it is full, all entries are dropped together. */
export function makeFormTable() {
  const low = new Int32Array(CAPACITY);
  const high = new Int32Array(CAPACITY);
  const values = new Int32Array(CAPACITY);
  let size = 0;

  return {
    /** 0 when the form is unknown. */
    get(lowHash: number, highHash: number): number {
      let at = lowHash & (CAPACITY - 1);
      for (;;) {
        const value = values[at] as number;
        if (value === 0 || (low[at] === lowHash && high[at] === highHash)) return value;
        at = (at + 1) & (CAPACITY - 1);
      }
    },

    set(lowHash: number, highHash: number, value: number): void {
      if (size >= MAX_FORMS) this.clear();
      let at = lowHash & (CAPACITY - 1);
      while (values[at] !== 0 && !(low[at] === lowHash && high[at] === highHash)) at = (at + 1) & (CAPACITY - 1);
      if (values[at] === 0) size += 1;
      low[at] = lowHash;
      high[at] = highHash;
      values[at] = value;
    },

    clear(): void {
      if (size > 0) values.fill(0);
      size = 0;
    },
  };
}
