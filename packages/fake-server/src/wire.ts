import type { IncomingHttpHeaders } from 'node:http';

export interface WireRequest {
  readonly method: string;
  /** As sent: still percent-encoded, without the query. */
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

/** An answer before its service adds the headers common to all its answers. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Serialised as JSON; without it the body is empty. */
  readonly json?: unknown;
  readonly bytes?: Buffer;
}

/** A request that a service has recognised but not performed, so that a fault can come before or after the effect. */
export interface Call {
  readonly service: string;
  /** GitHub's operationId (`issues/create-comment`) or the IAM action (`lambda:UpdateAlias`). */
  readonly operation: string;
  perform(): WireResponse | Promise<WireResponse>;
  /** The service's answer for a failure with this status; `fault` gives the details. */
  fail(status: number, fault: { retryAfterSeconds?: number; message?: string }): WireResponse;
}

export interface Service {
  /** Null when the request is not for this service. */
  recognise(request: WireRequest): Call | null;
}

/** A service that answers every request below a path, each kind of method as one operation. */
export function serviceBelow(
  prefix: string,
  {
    service,
    perform,
    fail,
  }: {
    readonly service: string;
    readonly perform: (request: WireRequest) => ReturnType<Call['perform']>;
    readonly fail: Call['fail'];
  },
): Service {
  return {
    recognise: (request) =>
      request.path.startsWith(`${prefix}/`)
        ? { service, operation: `${service}:${request.method}`, perform: () => perform(request), fail }
        : null,
  };
}

/** A request and its answer; listeners compare it with the real service's API description. */
export interface Exchange {
  readonly service: string;
  readonly operation: string;
  readonly request: WireRequest;
  readonly response: WireResponse;
  /** True when a fault replaced or dropped the answer. */
  readonly faulty: boolean;
}

export function parseJson(body: Buffer): unknown {
  return body.length === 0 ? undefined : JSON.parse(body.toString('utf8'));
}
