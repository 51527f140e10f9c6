import type { Classification } from '#shared/domain/incident/failure-class.ts';
import type { EvidenceLine } from '#shared/domain/logs/evidence.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';
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
  /** What the model may look up. */
  readonly lookups: readonly Lookup[];
}

/** Something the model may read of this incident and nothing else: it changes nothing, and where it looks is bound by code. */
export interface Lookup {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the input. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Takes the model's input unparsed. May throw; the caller bounds its time and size. */
  run(input: unknown, signal: AbortSignal): Promise<LookupResult>;
}

export type LookupResult =
  /** Tainted lines, of texts that were redacted as a whole. `origin`: in code's own words where they are from. */
  { kind: 'found'; origin: RedactedText; lines: readonly RedactedText[] } | { kind: 'nothing'; reason: RedactedText };

/** A line that a lookup brought and the reply cites. */
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
  /** Refs of existing lines only; invented ones were removed. */
  readonly evidence: readonly string[];
  /** What else it says, each with its evidence. What cited nothing that exists was dropped. */
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

/** What a diagnosis took. */
export interface ModelSpending {
  readonly modelId: string;
  /** Names the version of the prompt that it was given. */
  readonly prompt?: string;
  readonly turns: number;
  readonly tokens: TokenUse;
  /** Names of the lookups, in order. */
  readonly lookups: readonly string[];
}

export type DiagnosisResult =
  | { kind: 'answered'; reply: DiagnosisReply; spent: ModelSpending }
  /** Timed out, throttled, refused, invalid twice or out of budget: the caller falls back to the rules. `reason`: a sentence for the reader. */
  | { kind: 'unavailable'; reason: string; spent: ModelSpending };

/** What may be spent. Every call is paid in advance by an estimate that errs high, and settled with what it took. */
export interface Purse {
  /** Sets the estimate aside; a sentence when there is no room for it. */
  reserve(
    modelId: string,
    estimate: TokenUse,
  ): Promise<{ kind: 'reserved'; settle: Settle } | { kind: 'empty'; reason: string }>;
}
/** Called once; null when the answer is lost, so that the estimate stays spent. */
export type Settle = (spent: TokenUse | null) => Promise<void>;

/** A language model asked for a diagnosis. Never throws. */
export interface DiagnosisModel {
  diagnose(request: DiagnosisRequest, purse: Purse): Promise<DiagnosisResult>;
}
