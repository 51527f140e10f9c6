import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import type { RequestedAction } from '#shared/domain/incident/action-request.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import { type RankContext, rankByBenefit } from '#shared/domain/learning/rank-by-benefit.ts';
import { type Candidate, listCandidates } from '#shared/domain/plan/candidates.ts';
import { isOff } from '#shared/domain/policy/autonomy.ts';
import { isSwitchedOn } from '#shared/domain/policy/fix-settings.ts';
import type { ActionPlugin, ProposalContext } from '#shared/plugins/actions/contract.ts';
import { missingOnHost } from './host-limits.ts';

export interface PlanFacts {
  readonly target: TargetContext;
  readonly telemetry: Telemetry;
  readonly classification: Classification;
  readonly configuration: Configuration;
  readonly now: Date;
  readonly past: ProposalContext['past'] & object;
  readonly prepared?: ProposalContext['prepared'] & object;
  readonly requested?: RequestedAction | null;
  readonly advised?: ProposalContext['advised'] & object;
}

/**
 * The actions that code allows for a target, best first. A plan is made from them, and a model may choose among them. They depend on trusted
 * facts only, so no text from outside can change them.
 */
export function candidatesFor(facts: PlanFacts, actions: readonly ActionPlugin[]): readonly Candidate[] {
  const { configuration, target } = facts;
  return listCandidates(
    { ...facts, service: serviceOf(configuration, target) },
    allowedOf(actions, target, configuration),
  );
}

/** The actions that are not switched off, without those that the code host cannot take or that write to a repository that does not allow it. */
export function allowedOf(
  actions: readonly ActionPlugin[],
  target: TargetContext,
  configuration: Configuration,
): readonly ActionPlugin[] {
  return actions.filter(
    (plugin) =>
      !isOff(plugin.id, configuration.policy) &&
      missingOnHost(plugin, target) === null &&
      (plugin.switch === undefined ||
        (target.kind === 'run' && isSwitchedOn(configuration, target.repository, plugin.switch))),
  );
}

/**
 * Candidates for an incident, ranked by verified outcomes for its class. Unranked for storms, of which nothing is learned.
 */
export function rankedFor(
  { target }: Pick<Incident, 'target'>,
  candidates: readonly Candidate[],
  outcomes: readonly ActionOutcome[],
  {
    classification,
    now,
    circumstances,
  }: Pick<PlanFacts, 'classification' | 'now'> & Pick<RankContext, 'circumstances'>,
): readonly Candidate[] {
  const scope = knowledgeScopeOf(target);
  if (scope === null) return candidates;
  return rankByBenefit(candidates, outcomes, { class: classification.class, scope, now, circumstances });
}

/** Why the actions that would fit were left out for their host, a sentence each. */
export function leftOutByHost(facts: PlanFacts, actions: readonly ActionPlugin[]): readonly string[] {
  const { configuration, target } = facts;
  if (target.kind !== 'run') return [];
  return actions
    .filter(({ id, switch: name }) => name === undefined && !isOff(id, configuration.policy))
    .flatMap((plugin) => {
      const missing = missingOnHost(plugin, target);
      if (missing === null || listCandidates({ ...facts, service: null }, [plugin]).length === 0) return [];
      return [`"${plugin.title}" was left out: ${missing}`];
    });
}
