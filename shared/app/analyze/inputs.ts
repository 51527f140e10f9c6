import type { CausalChain } from '#shared/domain/causality/chain.ts';
import type { Classification } from '#shared/domain/incident/failure-class.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Known } from '#shared/domain/knowledge/known.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';

/** What is known about an incident before its diagnosis. */
export interface AnalysisInputs extends Pick<Known, 'found' | 'seen' | 'limits'> {
  readonly incident: Incident;
  readonly classification: Classification;
  readonly evidence: Evidence;
  readonly preExisting: boolean | null;
  /** The first cause and its consequences, or null when unknown. */
  readonly chain: CausalChain | null;
}
