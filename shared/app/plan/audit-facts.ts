import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { AuditFacts } from '#shared/domain/audit/audit-event.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { modeOf } from '#shared/domain/configuration/scope.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import { type ActionOutcome, lastTimesWords } from '#shared/domain/learning/action-experience.ts';
import { type ActionRecord, didNotHelp } from '#shared/domain/plan/bound-action.ts';
import type { Offer } from '#shared/domain/plan/candidates.ts';
import { type Candidate, HUMAN } from '#shared/domain/plan/candidates.ts';
import type { Circumstances } from '#shared/domain/policy/circumstances/circumstances.ts';
import type { Judgement } from '#shared/domain/policy/decide.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import type { Preparations } from './prepare.ts';

export interface Known {
  readonly incident: Pick<Incident, 'target'>;
  readonly classification: Pick<Classification, 'class' | 'verdict' | 'confidence'>;
  readonly diagnosis: Pick<Diagnosis, 'source' | 'choice' | 'confidence' | 'knownHere'>;
  readonly offer: Offer | null;
  readonly circumstances: Circumstances;
  /** Outcomes used for the ranking. */
  readonly outcomes: readonly ActionOutcome[];
  readonly prepared: Pick<Preparations, 'notes'>;
}

const MAX_TEXT_LENGTH = 2000;

/** Facts about a plan's inputs for its record. */
export function planContext(
  { incident, circumstances, outcomes, prepared }: Known,
  actionId: string | null,
): Pick<PlanRecord, 'circumstances' | 'lastTimes' | 'untried' | 'onlyQuarantined'> {
  const scope = knowledgeScopeOf(incident.target);
  const { untried, onlyQuarantined } = prepared.notes;
  return {
    circumstances,
    lastTimes: actionId === null ? null : sentence(lastTimesWords(outcomes, { actionId, scope })),
    untried: untried === undefined ? null : sentence(untried),
    onlyQuarantined: onlyQuarantined === undefined ? null : sentence(onlyQuarantined),
  };
}

/**
 * Inputs of a plan for its audit entry, which shows what was known at the time. A label that belongs to no action is not repeated, because a
 * model can be made to say anything.
 */
export function knownFacts(
  { incident, classification, diagnosis, offer, circumstances, outcomes }: Known,
  { listed, context }: { readonly listed: readonly Candidate[]; readonly context: ReturnType<typeof planContext> },
  configuration: Configuration,
): Partial<AuditFacts<'plan.made'>> {
  const { lastTimes, untried, onlyQuarantined } = context;
  const known = [...listed, ...(offer?.actions ?? [])];
  const { knownHere = [] } = diagnosis;
  const isListed = known.some(({ label }) => label === diagnosis.choice) || diagnosis.choice === HUMAN;
  return {
    class: classification.class,
    classConfidence: classification.confidence,
    verdict: classification.verdict,
    mode: modeOf(configuration, incident.target),
    ...circumstances,
    candidates: listed.length === 0 ? null : sentence(listed.map(inWords).join(', ')),
    outcomes: outcomes.length,
    ...(lastTimes === null ? {} : { lastTimes }),
    diagnosis: diagnosis.source,
    ...(knownHere.length === 0
      ? {}
      : { knownHere: sentence(knownHere.map(({ title, patternId }) => `${title} (pattern ${patternId})`).join('; ')) }),
    ...(untried === null ? {} : { untried }),
    ...(onlyQuarantined === null ? {} : { quarantined: onlyQuarantined }),
    ...(diagnosis.source === 'model'
      ? { modelChoice: isListed ? diagnosis.choice : 'none that is listed', modelConfidence: diagnosis.confidence }
      : {}),
  };
}

/** Reasons as one text; null without any. */
export function reasonsFact(reasons: readonly string[]): { reasons: RedactedText | null } {
  return { reasons: reasons.length === 0 ? null : sentence(reasons.join(' ')) };
}

const sentence = (text: string): RedactedText => redactOutgoing(text).slice(0, MAX_TEXT_LENGTH);

/**
 * Reasons together with what is in place, and why no change was tried, for the person who takes over. What did not help is told
 * beside them with its result.
 */
export function withHistory(
  judgement: Judgement,
  {
    records,
    prepared,
  }: { readonly records: readonly ActionRecord[]; readonly prepared: Pick<Preparations, 'reasons'> },
  actions: readonly ActionPlugin[],
): Judgement {
  const wrote = records.some(({ actionId }) => actionOf(actionId, actions)?.switch !== undefined);
  const refused = wrote ? [] : prepared.reasons;
  const done = records.flatMap((record) => (didNotHelp(record) ? [] : (record.receipt?.summary ?? [])));
  if (judgement.candidate !== null || judgement.decision === 'recovered' || refused.length + done.length === 0)
    return judgement;
  return { ...judgement, reasons: [...done, ...refused, ...judgement.reasons] };
}

const inWords = ({ label, confidence, risk }: Candidate): string => `${label} ${confidence.toFixed(2)} ${risk}`;
