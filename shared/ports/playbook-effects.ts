import type { Payload } from '#shared/domain/playbook/template.ts';

export interface EndpointRequest {
  /** `name:/path` or a whole URL, filled in. */
  readonly endpoint: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly payload?: Payload | undefined;
  readonly timeoutSeconds: number;
  /** Sent as `Idempotency-Key`: the same when the same call is repeated. */
  readonly key: string;
}

export interface EndpointResponse {
  /** 200 to 299 or 400 to 499 without 429. */
  readonly status: number;
  /** The JSON of the answer, null when it is none. */
  readonly body: unknown;
}

export interface EndpointText {
  /** As of `EndpointResponse`. */
  readonly status: number;
  /** At most so many bytes as were asked for. */
  readonly text: string;
  readonly isCut: boolean;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Calls endpoints of `http.allowedEndpoints` and nothing else. Follows no redirects. Throws `Refused` for an address
 * that is not allowed, both by name and after the name is resolved.
 */
export interface EndpointCaller {
  /** Reads; throws `Retryable` when there is no answer at the moment. */
  read(endpoint: string, timeoutSeconds: number, options?: { readonly maxBytes?: number }): Promise<EndpointResponse>;
  /** Reads an answer that is no JSON, and no more of it than `maxBytes`; throws as `read` does. */
  readText(endpoint: string, timeoutSeconds: number, options: { readonly maxBytes: number }): Promise<EndpointText>;
  /** An effect: throws `Retryable` only when nothing was sent, `OutcomeUnknown` when the answer was lost. */
  send(request: EndpointRequest): Promise<EndpointResponse>;
}

/** One run of an SSM Automation document. */
export interface Automation {
  readonly id: string;
  readonly state: 'running' | 'succeeded' | 'failed';
  /** As SSM says it: `TimedOut`. */
  readonly status: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly arguments: Readonly<Record<string, string>>;
}

interface AutomationRequest {
  readonly document: string;
  readonly version: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** 32 hexadecimal digits. SSM starts one execution per token, however often it is asked. */
  readonly token: string;
}

/** SSM Automation in the deployment's account and region. */
export interface AutomationRunner {
  /** The id of the execution. Throws `OutcomeUnknown` when the answer was lost. */
  start(request: AutomationRequest): Promise<string>;
  /** The newest execution of the document since then with exactly these arguments, or null. */
  find(document: string, since: Date, given: Readonly<Record<string, string>>): Promise<Automation | null>;
}

/** SSM Parameter Store, plain text parameters. */
export interface ParameterStore {
  /** Null when there is no such parameter. */
  read(name: string): Promise<string | null>;
  /** Throws `OutcomeUnknown` when the answer was lost. */
  write(name: string, value: string): Promise<void>;
}
