const axes = 32;
const mostTemplates = 20_000;

/** Counts templates over the whole log and within the current window. */
export interface WindowCounts {
  /** Counts one line. `decades`: how improbable its template was by the lines before it, -log10. */
  add(cluster: number | string): { seenBefore: number; decades: number };
  /**
   * The window's counts, the square root of each, and starts a new window: one axis for each of the first 31 templates of the log, one
   * for all others, then how many templates differ, and how many were new.
   */
  closeWindow(): number[];
}

export function makeWindowCounts(): WindowCounts {
  const totals = new Map<number | string, number>();
  const axisOf = new Map<number | string, number>();
  let lines = 0;
  let seenOnce = 0;
  let window = new Float64Array(axes);
  let present = new Set<number | string>();
  let fresh = 0;

  function improbability(seenBefore: number): number {
    if (lines === 0) return 0;
    // Good and Turing: all templates never seen share the mass of those seen once.
    const mass = seenBefore === 0 ? (seenOnce + 1) / (lines + 1) : (seenBefore + 1) / (lines + 1);
    return -Math.log10(mass);
  }

  return {
    add(cluster) {
      const seenBefore = totals.get(cluster) ?? 0;
      const decades = improbability(seenBefore);
      if (seenBefore === 0) seenOnce += 1;
      if (seenBefore === 1) seenOnce -= 1;
      // Beyond the bound a template stays unknown; logs with so many have none worth the name.
      if (seenBefore > 0 || totals.size < mostTemplates) totals.set(cluster, seenBefore + 1);
      if (!axisOf.has(cluster) && axisOf.size < axes - 1) axisOf.set(cluster, axisOf.size);
      const axis = axisOf.get(cluster) ?? axes - 1;
      window[axis] = (window[axis] ?? 0) + 1;
      present.add(cluster);
      if (seenBefore === 0) fresh += 1;
      lines += 1;
      return { seenBefore, decades };
    },
    closeWindow() {
      const counts = [...window.map(Math.sqrt), Math.sqrt(present.size), Math.sqrt(fresh)];
      window = new Float64Array(axes);
      present = new Set();
      fresh = 0;
      return counts;
    },
  };
}
