import type { ArchitectureAnalysis } from './architecture-analysis.ts';
import { sum } from './folder-coupling.ts';
import type { ScorePart } from './health-score.ts';

/** One piece of work that the analysis suggests. */
export interface Refactoring {
  readonly target:
    | { readonly kind: 'cycle'; readonly cycle: ArchitectureAnalysis['cycles'][number] }
    | { readonly kind: 'folders'; readonly pair: ArchitectureAnalysis['coupling']['mutualFolders'][number] }
    | { readonly kind: 'function'; readonly hotspot: ArchitectureAnalysis['hotspots'][number] }
    | { readonly kind: 'files'; readonly pair: ArchitectureAnalysis['coupling']['changedTogether'][number] };
  /** About how many points it would win: its share of what its part of the score lost. */
  readonly gain: number;
}

const MAX_PRIORITIES = 10;

/** What to mend first: by the points it wins, then by how often it hinders. Files that change together win no points and come last. */
export function refactoringPriorities(analysis: ArchitectureAnalysis): Refactoring[] {
  const { cycles, coupling, hotspots } = analysis;
  const lost = (part: ScorePart): number => analysis.score.parts.find((one) => one.part === part)?.lost ?? 0;
  const shareOf = (part: ScorePart, weights: readonly number[], at: number): number =>
    (lost(part) * (weights[at] ?? 0)) / Math.max(1, sum(weights));
  const members = cycles.map(({ kind, files }) => files.length * (kind === 'load' ? 1 : 0.5));
  const against = coupling.mutualFolders.map((pair) => pair.against.length);
  const lines = hotspots.map((hotspot) => hotspot.lines * (1 + hotspot.changes));
  return [
    ...cycles.map((cycle, at) => ({ target: { kind: 'cycle' as const, cycle }, gain: shareOf('cycles', members, at) })),
    ...coupling.mutualFolders.map((pair, at) => ({
      target: { kind: 'folders' as const, pair },
      gain: shareOf('coupling', against, at),
    })),
    ...hotspots.map((hotspot, at) => ({
      target: { kind: 'function' as const, hotspot },
      gain: shareOf('complexity', lines, at),
    })),
    ...coupling.changedTogether.map((pair) => ({ target: { kind: 'files' as const, pair }, gain: 0 })),
  ]
    .sort((a, b) => b.gain - a.gain)
    .slice(0, MAX_PRIORITIES);
}
