/** A range of differing lines; 0-based, ends exclusive. Lines between ranges are equal. */
export interface Stretch {
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
}

/** With more differing lines, everything between the first and the last is one range. */
const MAX_EDITS = 1_200;

/**
 * Differences of two lists of lines, by the greedy algorithm of E. Myers, "An O(ND) Difference Algorithm and Its
 * Variations" (1986), after equal lines at both ends were removed.
 */
export function lineDiff(before: readonly string[], after: readonly string[]): readonly Stretch[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const [a, b] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  if (a.length === 0 && b.length === 0) return [];
  const whole: Stretch = { before: [0, a.length], after: [0, b.length] };
  const stretches = a.length === 0 || b.length === 0 ? [whole] : (stretchesOf(a, b) ?? [whole]);
  const moved = ([start, end]: readonly [number, number]) => [start + head, end + head] as const;
  return stretches.map((one) => ({ before: moved(one.before), after: moved(one.after) }));
}

/** Null when there are too many edits. */
function stretchesOf(a: readonly string[], b: readonly string[]): Stretch[] | null {
  const trace: Map<number, number>[] = [];
  let reach = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= MAX_EDITS; edits += 1) {
    trace.push(new Map(reach));
    const next = new Map(reach);
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (next.get(k - 1) ?? -1) < (next.get(k + 1) ?? -1));
      let x = down ? (next.get(k + 1) ?? 0) : (next.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length);
    }
    reach = next;
  }
  return null;
}

function walkBack(trace: readonly Map<number, number>[], endX: number, endY: number): Stretch[] {
  const edits: { x: number; y: number; down: boolean }[] = [];
  let [x, y] = [endX, endY];
  for (let d = trace.length - 1; d > 0; d -= 1) {
    const reach = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const previous = down ? k + 1 : k - 1;
    x = reach.get(previous) ?? 0;
    y = x - previous;
    edits.push({ x, y, down });
  }
  return edits.reverse().reduce<Stretch[]>(joinEdit, []);
}

function joinEdit(stretches: Stretch[], { x, y, down }: { x: number; y: number; down: boolean }): Stretch[] {
  const last = stretches.at(-1);
  const end: Pick<Stretch, 'before' | 'after'> = { before: [x, down ? x : x + 1], after: [y, down ? y + 1 : y] };
  if (last === undefined || last.before[1] !== x || last.after[1] !== y) return [...stretches, end];
  stretches[stretches.length - 1] = { before: [last.before[0], end.before[1]], after: [last.after[0], end.after[1]] };
  return stretches;
}
