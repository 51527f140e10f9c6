import type { Evidence } from './evidence.ts';
import { STRATEGIES, type Strategy } from './strategies.ts';

export interface Suggestion extends Pick<Strategy, 'id' | 'area' | 'title' | 'advice' | 'effect'> {
  /** `belief * effect`, 0 to 1: the rank of suggestions. */
  readonly score: number;
  /** How surely it applies, 0 to 1. */
  readonly belief: number;
  /** Evidence, strongest first; never empty. */
  readonly evidence: readonly Evidence[];
}

/**
 * Ranks suggestions by how surely they apply and how much they usually bring. Evidence adds up like independent causes
 * (noisy or; J. Pearl, "Probabilistic Reasoning in Intelligent Systems", 1988). Without evidence nothing is suggested.
 */
export function suggestionsFrom(evidence: readonly Evidence[]): Suggestion[] {
  return STRATEGIES.flatMap(({ signs, ...strategy }): Suggestion[] => {
    const speaks = ({ sign, strength }: Evidence): number => (signs[sign] ?? 0) * strength;
    const speaking = evidence.filter((one) => speaks(one) > 0).sort((a, b) => speaks(b) - speaks(a));
    if (speaking.length === 0) return [];
    const belief = 1 - speaking.reduce((doubt, one) => doubt * (1 - speaks(one)), 1);
    return [{ ...strategy, score: belief * strategy.effect, belief, evidence: speaking }];
  }).sort((a, b) => b.score - a.score);
}
