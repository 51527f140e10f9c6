/** One turn with a model: text in, one forced tool call out. The versioned, tiny interface every provider speaks. */
export interface ModelCall {
  readonly system: string;
  readonly messages: readonly { role: 'user' | 'assistant'; text: string }[];
  readonly tool: { name: string; description: string; schema: Readonly<Record<string, unknown>> };
  readonly maxOutputTokens: number;
  readonly signal: AbortSignal;
}

export type ModelAnswer =
  | { kind: 'tool'; input: unknown; tokens: number }
  /** The model answered in prose or was cut off. */
  | { kind: 'text'; text: string; tokens: number };

/** Throws `Retryable` or `Refused`. */
export interface ModelClient {
  call(call: ModelCall): Promise<ModelAnswer>;
}
