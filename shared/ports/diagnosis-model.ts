import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { EvidenceLine } from '@selfheal/log-reading/logs/evidence.ts';
import type { TokenUse } from './model-client.ts';

export interface DiagnosisRequest {
  /** Trusted: what kind of thing failed. */
  readonly subject: string;
  readonly classification: Classification;
  /** Redacted and tainted. */
  readonly lines: readonly EvidenceLine[];
  /** Labels and plain words of the actions code has allowed. */
  readonly candidates: readonly { label: string; description: string }[];
  /** Similar knowledge: title and resolution. */
  readonly similar: readonly { title: RedactedText; resolution: RedactedText }[];
  /** What was changed before, the likeliest cause first. Redacted and tainted. */
  readonly changes?: readonly { readonly ref: string; readonly text: RedactedText }[];
  /** What the model may look up. */
  readonly lookups: readonly Lookup[];
}

/** Something the model may read about this incident. It changes nothing, and code decides where it looks. */
export interface Lookup {
  readonly name: string;
  readonly description: RedactedText;
  /** JSON schema of the input. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Takes the model's unparsed input. May throw; the caller limits its time and size. */
  run(input: unknown, signal: AbortSignal): Promise<LookupResult>;
}

export type LookupResult =
  /** Tainted lines of texts that were redacted as a whole. `origin`: where they are from, worded by code. */
  { kind: 'found'; origin: RedactedText; lines: readonly RedactedText[] } | { kind: 'nothing'; reason: RedactedText };

/** A line from a lookup that the reply cites. */
export interface ConsultedLine {
  /** `F3`. */
  readonly ref: string;
  readonly origin: RedactedText;
  readonly text: RedactedText;
}

export interface CitedClaim {
  readonly claim: RedactedText;
  /** Refs of existing lines; at least one. */
  readonly evidence: readonly string[];
}

export interface CodeSuggestion {
  readonly title: RedactedText;
  readonly file: RedactedText | null;
  readonly code: RedactedText;
  readonly evidence: readonly string[];
}

/** A parsed reply, its prose redacted; nothing in it can name an action outside the candidates. */
export interface DiagnosisReply {
  readonly summary: RedactedText | null;
  readonly rootCause: RedactedText;
  /** Refs of existing lines only; invented refs were removed. */
  readonly evidence: readonly string[];
  /** Other statements, each with its evidence. Those that cite nothing that exists were dropped. */
  readonly findings: readonly CitedClaim[];
  readonly fix: RedactedText;
  /** Up to three different changes of the code, best first. */
  readonly suggestions: readonly CodeSuggestion[];
  readonly prevention: RedactedText;
  readonly unchecked: readonly RedactedText[];
  /** Claims and suggestions that were dropped. */
  readonly dropped: number;
  readonly consulted: readonly ConsultedLine[];
  readonly confidence: 'high' | 'medium' | 'low';
  /** A candidate's label or `human`. */
  readonly choice: string;
}

/** What a diagnosis used. */
export interface ModelSpending {
  readonly modelId: string;
  /** Version of the prompt it was given. */
  readonly prompt?: string;
  readonly turns: number;
  readonly tokens: TokenUse;
  /** Names of the lookups, in order. */
  readonly lookups: readonly string[];
}

export type DiagnosisResult =
  | { kind: 'answered'; reply: DiagnosisReply; spent: ModelSpending }
  /**
   * Timed out, throttled, refused, invalid twice or out of budget; the caller falls back to the rules. `reason`: a
   * sentence for the reader.
   */
  | { kind: 'unavailable'; reason: string; spent: ModelSpending };

/** Budget for model calls. Each call reserves an estimate that is rather too high, and settles what it used. */
export interface ModelBudget {
  /** Reserves the estimate; a sentence when the budget has no room for it. */
  reserve(
    modelId: string,
    estimate: TokenUse,
  ): Promise<{ kind: 'reserved'; settle: Settle } | { kind: 'empty'; reason: string }>;
}
/** Called once; null when the answer was lost, so that the estimate stays reserved. */
type Settle = (spent: TokenUse | null) => Promise<void>;

/** A language model asked for a diagnosis. Never throws. */
export interface DiagnosisModel {
  diagnose(request: DiagnosisRequest, budget: ModelBudget): Promise<DiagnosisResult>;
}
