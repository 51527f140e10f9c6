import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';
/** A tool the model may call. `schema` is the JSON schema of its input. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface ToolUse {
  /** The provider's id of this call, unique in the conversation. */
  readonly id: string;
  readonly name: string;
  /** Unparsed: whatever the model wrote. */
  readonly input: unknown;
}

export type ModelTurn =
  | { readonly role: 'user'; readonly text: RedactedText }
  | { readonly role: 'assistant'; readonly text: RedactedText; readonly uses: readonly ToolUse[] }
  /** Answers every use of the assistant turn before it, in its order. `text`: what is said after them, or empty. */
  | { readonly role: 'results'; readonly results: readonly ToolResult[]; readonly text: RedactedText };

export interface ToolResult {
  readonly id: string;
  readonly name: string;
  readonly text: RedactedText;
  readonly failed: boolean;
}

/** One step of a conversation with tools. The versioned, tiny interface every provider speaks. */
export interface ModelCall {
  /** The same for all turns of all incidents of a family: providers that can keep it in their cache. */
  readonly system: RedactedText;
  /** Starts with a user turn. */
  readonly turns: readonly ModelTurn[];
  readonly tools: readonly ModelTool[];
  /** The one tool it must call, or `any` of them. */
  readonly mustCall: string;
  readonly maxOutputTokens: number;
  readonly signal: AbortSignal;
}

/** What a call cost. `input` counts all tokens read, those from the cache included. */
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
