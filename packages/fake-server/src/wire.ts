import type { IncomingHttpHeaders } from 'node:http';

export interface WireRequest {
  readonly method: string;
  /** As it came, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** An answer before its service adds the headers that all its answers have. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Serialised as JSON. Absent: an empty body. */
  readonly json?: unknown;
  readonly bytes?: Buffer;
}

/** One request recognised by a service, not performed yet, so that faults can come before or after. */
export interface Call {
  readonly service: string;
  /** GitHub's operationId (`issues/create-comment`) or the IAM action (`lambda:UpdateAlias`). */
  readonly operation: string;
  perform(): WireResponse | Promise<WireResponse>;
  /** What this service answers when it fails with this status; `fault` words the details. */
  fail(status: number, fault: { retryAfterSeconds?: number; message?: string }): WireResponse;
}

export interface Service {
  /** Null when the request is not for this service. */
  recognise(request: WireRequest): Call | null;
}

/** One request and what was answered; listeners compare it with the real service's description. */
export interface Exchange {
  readonly service: string;
  readonly operation: string;
  readonly request: WireRequest;
  readonly response: WireResponse;
  /** True when a fault made the answer or lost it. */
  readonly faulty: boolean;
}

export function parseJson(body: Buffer): unknown {
  return body.length === 0 ? undefined : JSON.parse(body.toString('utf8'));
}
