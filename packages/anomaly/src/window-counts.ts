const axes = 32;
const maxTemplates = 20_000;
/** Lines after which a new template weighs half; a tenth of the log where that is more. */
const minHalfLife = 300;
/** With fewer windows no rate is known. */
const minWindows = 4;

/** A template that occurs more often than before. */
interface Jump {
  readonly cluster: number | string;
  /** Improbability of this count, -log10. */
  readonly decades: number;
  /** Average count per window before. */
  readonly usual: number;
}

/** Counts templates over the whole log and within the current window. */
export interface WindowCounts {
  /** Counts one line. `decades`: improbability of its template given the earlier lines, -log10. */
  add(cluster: number | string): { seenBefore: number; decades: number };
  /**
   * The window's counts, the square root of each, and starts a new window: one axis for each of the first 31 templates
   * of the log, one for all others, then the number of distinct and of new templates.
   */
  closeWindow(): number[];
  /** The template that most exceeded its earlier rate; null when none did, and in the first windows. */
  strongestJump(): Jump | null;
}

export function makeWindowCounts(): WindowCounts {
  const totals = new Map<number | string, number>();
  const axisOf = new Map<number | string, number>();
  let lines = 0;
  let recentNew = 0;
  let recentLines = 0;
  let window = new Float64Array(axes);
  let present = new Map<number | string, number>();
  let windows = 0;
  let fresh = 0;

  function improbability(seenBefore: number): number {
    if (lines === 0) return 0;
    // All unseen templates share the mass of recent new ones: a starting log has many, a running one few.
    const mass = seenBefore === 0 ? (recentNew + 0.5) / (recentLines + 1) : (seenBefore + 1) / (lines + 1);
    return -Math.log10(mass);
  }

  return {
    add(cluster) {
      const seenBefore = totals.get(cluster) ?? 0;
      const decades = improbability(seenBefore);
      const kept = 1 - Math.LN2 / (minHalfLife + lines / 10);
      recentNew = recentNew * kept + (seenBefore === 0 ? 1 : 0);
      recentLines = recentLines * kept + 1;
      // Beyond the bound a template stays unknown; a log with that many has no meaningful templates.
      if (seenBefore > 0 || totals.size < maxTemplates) totals.set(cluster, seenBefore + 1);
      if (!axisOf.has(cluster) && axisOf.size < axes - 1) axisOf.set(cluster, axisOf.size);
      const axis = axisOf.get(cluster) ?? axes - 1;
      window[axis] = (window[axis] ?? 0) + 1;
      present.set(cluster, (present.get(cluster) ?? 0) + 1);
      if (seenBefore === 0) fresh += 1;
      lines += 1;
      return { seenBefore, decades };
    },
    strongestJump() {
      if (windows < minWindows) return null;
      let strongest: Jump | null = null;
      for (const [cluster, count] of present) {
        const usual = ((totals.get(cluster) ?? count) - count + 0.5) / windows;
        const decades = count <= usual ? 0 : (count * Math.log(count / usual) - (count - usual)) / Math.LN10;
        if (decades > (strongest?.decades ?? 0)) strongest = { cluster, decades, usual };
      }
      return strongest;
    },
    closeWindow() {
      const counts = [...window.map(Math.sqrt), Math.sqrt(present.size), Math.sqrt(fresh)];
      window = new Float64Array(axes);
      present = new Map();
      windows += 1;
      fresh = 0;
      return counts;
    },
  };
}
