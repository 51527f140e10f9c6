export interface JsonRequest {
  /** In words for errors: `Asking the model`. */
  readonly what: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

/**
 * Posts JSON and gives the parsed body of a 2xx answer. Repeats once after 429 and 5xx while the signal lives. Throws `Retryable`
 * (throttled, 5xx, network, timeout, an answer that never ends or is no JSON) or `Refused` (any other status). Headers are in no error.
 */
export interface JsonPost {
  post(request: JsonRequest): Promise<unknown>;
}
