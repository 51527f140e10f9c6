import { type Candidate, noRiskierThan } from '../remediation/candidates.ts';
import { assignVariant, type Experiment, type Strategy } from './experiment.ts';

/** An incident met an experiment where its variants differ. */
export interface Exposure {
  readonly experimentId: string;
  readonly variantId: string;
  /** The candidate that the variant puts first; null for the one that ranks first. */
  readonly label: string | null;
}

/**
 * How an experiment meets an incident with these candidates, best first; null where every variant would do the same. Only where they
 * differ do outcomes tell them apart ("triggered analysis"; R. Kohavi, D. Tang and Y. Xu, "Trustworthy Online Controlled Experiments",
 * 2020, chapter 20).
 */
export function exposureOf(
  experiment: Experiment,
  candidates: readonly Candidate[],
  incidentId: string,
): Exposure | null {
  const picks = experiment.variants.map(({ strategy }) => pickOf(strategy, candidates));
  if (picks.every((pick) => pick === picks[0])) return null;
  const variant = assignVariant(experiment, incidentId);
  return { experimentId: experiment.id, variantId: variant.id, label: pickOf(variant.strategy, candidates) };
}

function pickOf(strategy: Strategy, candidates: readonly Candidate[]): string | null {
  const [best] = candidates;
  if (strategy.kind === 'ranked' || best === undefined) return null;
  const preferred = candidates.find(({ actionId }) => actionId === strategy.actionId);
  if (preferred === undefined || preferred === best || !noRiskierThan(preferred.risk, best.risk)) return null;
  return preferred.label;
}
