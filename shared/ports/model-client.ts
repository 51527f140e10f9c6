import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { RedactedJson } from '@selfheal/redaction/redact-json.ts';

/** A tool the model may call. `schema` is the JSON schema of its input. */
export interface ModelTool {
  readonly name: string;
  readonly description: RedactedText;
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface ToolUse {
  /** The provider's id of this call, unique in the conversation. */
  readonly id: string;
  readonly name: string;
  /** Unparsed: whatever the model wrote. */
  readonly input: unknown;
}

/** A use as the model is reminded of it in the next turn. */
export interface PastToolUse extends ToolUse {
  readonly input: RedactedJson;
}

export type ModelTurn =
  | { readonly role: 'user'; readonly text: RedactedText }
  | { readonly role: 'assistant'; readonly text: RedactedText; readonly uses: readonly PastToolUse[] }
  /** Answers every tool use of the assistant turn before it, in order. `text`: what follows them, or empty. */
  | { readonly role: 'results'; readonly results: readonly ToolResult[]; readonly text: RedactedText };

export interface ToolResult {
  readonly id: string;
  readonly name: string;
  readonly text: RedactedText;
  readonly failed: boolean;
}

/** One step of a conversation with tools. The small, versioned interface that every provider implements. */
export interface ModelCall {
  /** The same for all turns of all incidents of a family, so that providers can cache it. */
  readonly system: RedactedText;
  /** Starts with a user turn. */
  readonly turns: readonly ModelTurn[];
  readonly tools: readonly ModelTool[];
  /** The one tool it must call, or `any` of them. */
  readonly mustCall: string;
  readonly maxOutputTokens: number;
  /** Absent: whatever the provider does by itself. */
  readonly temperature?: number | undefined;
  readonly signal: AbortSignal;
}

/** Tokens of a call. `input` counts all tokens read, including cached ones. */
export interface TokenUse {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

/** `tokens`: null when the provider did not report them. */
export type ModelAnswer =
  | {
      readonly kind: 'tools';
      readonly text: string;
      readonly uses: readonly ToolUse[];
      readonly tokens: TokenUse | null;
    }
  /** The model answered in prose, was cut off or declined. */
  | { readonly kind: 'text'; readonly text: string; readonly tokens: TokenUse | null };

/** Throws `Retryable` or `Refused`. */
export interface ModelClient {
  call(call: ModelCall): Promise<ModelAnswer>;
}

export interface JsonRequest {
  /** Used in errors: `Asking the model`. */
  readonly what: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

/**
 * Posts JSON and returns the parsed body of a 2xx answer. Repeats once after 429 and 5xx unless aborted. Throws
 * `Retryable` (throttled, 5xx, network, timeout, an endless or non-JSON answer) or `Refused` (any other status). Errors
 * never contain headers.
 */
export interface JsonPost {
  post(request: JsonRequest): Promise<unknown>;
}
