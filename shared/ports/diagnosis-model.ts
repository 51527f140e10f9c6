import type { EvidenceLine } from '#shared/domain/evidence/evidence.ts';
import type { Classification } from '#shared/domain/failure/failure-class.ts';

export interface DiagnosisRequest {
  /** Trusted: what kind of thing failed. */
  readonly subject: string;
  readonly classification: Classification;
  /** Redacted and tainted. */
  readonly lines: readonly EvidenceLine[];
  /** Labels and plain words of the actions code has allowed. */
  readonly candidates: readonly { label: string; description: string }[];
  /** Similar knowledge: title and resolution. */
  readonly similar: readonly { title: string; resolution: string }[];
}

/** A parsed reply; nothing in it can name an action outside the candidates. */
export interface DiagnosisReply {
  readonly rootCause: string;
  readonly fix: string;
  readonly prevention: string;
  readonly unchecked: readonly string[];
  /** Refs of existing lines only; invented ones were removed. */
  readonly evidence: readonly string[];
  readonly confidence: 'high' | 'medium' | 'low';
  /** A candidate's label or `human`. */
  readonly choice: string;
}

export type DiagnosisResult =
  | { kind: 'answered'; reply: DiagnosisReply; tokens: number }
  /** Timed out, throttled, refused or invalid twice: the caller falls back to the rules. */
  | { kind: 'unavailable'; reason: string; tokens: number };

/** A language model asked for a diagnosis. Never throws. */
export interface DiagnosisModel {
  diagnose(request: DiagnosisRequest): Promise<DiagnosisResult>;
}
