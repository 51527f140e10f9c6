import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { type ClassifyContext, classify } from '../failure/classify.ts';
import { type CausalChain, causalChainOf } from './chain.ts';

/** What a failure is, and what caused it. */
export interface FailureReading {
  /** Its evidence begins with the line that caused the failure, where one is found. */
  readonly classification: Classification;
  /** Null when nothing identifiable went wrong. */
  readonly chain: CausalChain | null;
}

/**
 * Reads the evidence of a failure. The one answer to which line is the cause: excerpts, classes, headlines, comments, mails and pages begin with it.
 * Deterministic.
 */
export function readFailure(evidence: Evidence, context: ClassifyContext): FailureReading {
  const classification = classify(evidence, context);
  const chain = causalChainOf(evidence, decidingLines(classification));
  return { classification: beginningWith(chain?.cause.ref ?? null, classification), chain };
}

/** References of the lines that decided the class; none for an unknown failure, which only cites its strongest lines. */
export function decidingLines({ class: failureClass, evidence }: Classification): readonly string[] {
  return failureClass === 'unknown' ? [] : evidence;
}

const MAX_CITED = 20;

function beginningWith(cause: string | null, classification: Classification): Classification {
  if (cause === null) return classification;
  const others = classification.evidence.filter((ref) => ref !== cause);
  return { ...classification, evidence: [cause, ...others].slice(0, MAX_CITED) };
}
