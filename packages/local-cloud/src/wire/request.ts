/** An HTTP request as every local service sees it, over HTTP/1.1 or HTTP/2. */
export interface GatewayRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly url: string;
  /** Path as sent, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; repeated headers are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly httpVersion: '1.1' | '2.0';
  readonly sourceIp: string;
  /** Aborted when the client disconnects. */
  readonly signal: AbortSignal;
}

export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer | string;
}

export function jsonResponse(value: unknown, status = 200, contentType = 'application/json'): GatewayResponse {
  return { status, headers: { 'content-type': contentType }, body: JSON.stringify(value) };
}

/** An error answer of an AWS service; the gateway writes it in the service's protocol. */
export class AwsFault extends Error {
  override readonly name = 'AwsFault';
  readonly code: string;
  readonly status: number;
  /** Namespace that some services write before the code. */
  readonly namespace: string;
  /** Further members of the error, by the service's names. */
  readonly details: Readonly<Record<string, string>>;
  constructor(
    code: string,
    message: string,
    status = 400,
    namespace = '',
    details: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.namespace = namespace;
    this.details = details;
  }
}
