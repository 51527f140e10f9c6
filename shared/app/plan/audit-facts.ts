import type { AuditEntry } from '#shared/domain/audit/audit-entry.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { modeOf } from '#shared/domain/configuration/scope.ts';
import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import type { Classification } from '#shared/domain/incident/failure-class.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import { lastTimesWords } from '#shared/domain/learning/last-times.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { type Candidate, HUMAN } from '#shared/domain/plan/candidates.ts';
import type { Circumstances } from '#shared/domain/policy/circumstances/circumstances.ts';
import type { Judgement } from '#shared/domain/policy/decide.ts';
import { isWriting } from '#shared/domain/policy/fix-settings.ts';
import type { FixPreparation } from './fix.ts';

export interface Known {
  readonly incident: Pick<Incident, 'target'>;
  readonly classification: Pick<Classification, 'class' | 'verdict' | 'confidence'>;
  readonly diagnosis: Pick<Diagnosis, 'source' | 'choice' | 'confidence'>;
  readonly circumstances: Circumstances;
  /** Outcomes that the ranking looked at. */
  readonly outcomes: readonly ActionOutcome[];
  readonly quarantine: { readonly onlyQuarantined: string | null };
  readonly prepared: FixPreparation;
}

const MOST_TEXT = 2000;

/**
 * What a plan was made of, for its audit entry: whoever asks later sees what was known then. A label that no action has is not repeated,
 * since a model may be made to say anything.
 */
export function knownFacts(
  { incident, classification, diagnosis, circumstances, outcomes, quarantine, prepared }: Known,
  { listed, actionId }: { readonly listed: readonly Candidate[]; readonly actionId: string | null },
  configuration: Configuration,
): AuditEntry['facts'] {
  const scope = knowledgeScopeOf(incident.target);
  const isListed = listed.some(({ label }) => label === diagnosis.choice) || diagnosis.choice === HUMAN;
  return {
    class: classification.class,
    classConfidence: classification.confidence,
    verdict: classification.verdict,
    mode: modeOf(configuration, incident.target),
    ...circumstances,
    candidates: listed.map(inWords).join(', ').slice(0, MOST_TEXT) || null,
    outcomes: outcomes.length,
    ...(actionId === null ? {} : { lastTimes: lastTimesWords(outcomes, { actionId, scope }) }),
    diagnosis: diagnosis.source,
    ...(prepared.kind === 'prepared' && prepared.untried !== null ? { untried: prepared.untried } : {}),
    ...(quarantine.onlyQuarantined === null ? {} : { quarantined: quarantine.onlyQuarantined }),
    ...(diagnosis.source === 'model'
      ? { modelChoice: isListed ? diagnosis.choice : 'none that is listed', modelConfidence: diagnosis.confidence }
      : {}),
  };
}

/** Reasons as one text. */
export function reasonsFact(reasons: readonly string[]): AuditEntry['facts'] {
  return { reasons: reasons.join(' ').slice(0, MOST_TEXT) || null };
}

/** Whoever takes over wants to know what was done before, and why no change was tried. */
export function withHistory(
  judgement: Judgement,
  { records, prepared }: { readonly records: readonly ActionRecord[]; readonly prepared: FixPreparation },
): Judgement {
  const refused =
    prepared.kind === 'none' && !records.some(({ actionId }) => isWriting(actionId)) ? prepared.reasons : [];
  const done = records.flatMap(({ receipt }) => receipt?.summary ?? []);
  if (judgement.candidate !== null || judgement.decision === 'recovered' || refused.length + done.length === 0)
    return judgement;
  return { ...judgement, reasons: [...done, ...refused, ...judgement.reasons] };
}

const inWords = ({ label, confidence, risk }: Candidate): string => `${label} ${confidence.toFixed(2)} ${risk}`;
