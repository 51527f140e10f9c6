import { type CausalChain, causalChainOf } from '#shared/domain/causality/chain.ts';
import { alarmEvents } from '#shared/domain/causality/stated-events.ts';
import type { Classification } from '#shared/domain/incident/failure-class.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';
import type { Telemetry } from '#shared/domain/logs/telemetry.ts';

/** The incident's causal chain, by its evidence and by what AWS told of the alarm's service; null when it cannot be told. */
export function chainOfIncident(
  { target }: Incident,
  evidence: Evidence,
  classification: Classification,
  telemetry: Telemetry | null,
): CausalChain | null {
  const cited = classification.class === 'unknown' ? [] : classification.evidence;
  const told =
    target.kind === 'alarm' && telemetry?.facts.kind === 'alarm'
      ? alarmEvents(telemetry.facts, alarmNameOf(target), target.changedAt)
      : [];
  return causalChainOf(evidence, cited, told);
}
