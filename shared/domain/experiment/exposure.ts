import { type Candidate, noRiskierThan } from '../plan/candidates.ts';
import type { Judgement } from '../policy/decide.ts';
import type { GovernedService } from '../policy/policy-settings.ts';
import { assignVariant, type Experiment, type Strategy } from './experiment.ts';

/** The record that an incident met an experiment whose variants differ for it. */
export interface Exposure {
  readonly experimentId: string;
  readonly variantId: string;
  /** The candidate that the variant puts first; null for the one that ranks first. */
  readonly label: string | null;
  /** How long to wait before acting; null for no hold. */
  readonly holdMinutes: number | null;
}

/**
 * How an experiment applies to an incident with these candidates, best first; null where every variant would do the
 * same. Only incidents for which variants differ are informative ("triggered analysis"; R. Kohavi, D. Tang and Y. Xu,
 * "Trustworthy Online Controlled Experiments", 2020, chapter 20). `mayHold`: whether a hold is allowed for it
 * (`mayHoldBack`).
 */
export function exposureOf(
  experiment: Experiment,
  candidates: readonly Candidate[],
  { incidentId, mayHold }: { readonly incidentId: string; readonly mayHold: boolean },
): Exposure | null {
  const changes = experiment.variants.map(({ strategy }) => changeBy(strategy, candidates, mayHold));
  if (changes.every(({ label, holdMinutes }) => label === changes[0]?.label && holdMinutes === null)) return null;
  const variant = assignVariant(experiment, incidentId);
  const change = changeBy(variant.strategy, candidates, mayHold);
  return { experimentId: experiment.id, variantId: variant.id, ...change };
}

/** Only low-risk actions on non-critical services that policy would run by itself may be held back. */
export function mayHoldBack(
  { decision, candidate }: Judgement,
  service: Pick<GovernedService, 'criticality'> | null,
): boolean {
  return decision === 'act' && candidate?.risk === 'low' && service?.criticality !== 'critical';
}

function changeBy(
  strategy: Strategy,
  candidates: readonly Candidate[],
  mayHold: boolean,
): Pick<Exposure, 'label' | 'holdMinutes'> {
  const [best] = candidates;
  const none = { label: null, holdMinutes: null };
  if (strategy.kind === 'hold') return mayHold ? { label: null, holdMinutes: strategy.minutes } : none;
  if (strategy.kind === 'ranked' || best === undefined) return none;
  const preferred = candidates.find(({ actionId }) => actionId === strategy.actionId);
  if (preferred === undefined || preferred === best || !noRiskierThan(preferred.risk, best.risk)) return none;
  return { label: preferred.label, holdMinutes: null };
}
