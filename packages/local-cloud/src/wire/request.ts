/** A request as any of the local services sees it, whichever HTTP version it came by. */
export interface GatewayRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly url: string;
  /** Path as sent, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; repeated headers are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly httpVersion: '1.1' | '2.0';
  readonly sourceIp: string;
  /** Aborted when the client goes away. */
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

/** An error that an AWS service answers with; the gateway writes it in the shape of the service's protocol. */
export class AwsFault extends Error {
  override readonly name = 'AwsFault';
  readonly code: string;
  readonly status: number;
  /** Shape namespace some services write before the code. */
  readonly namespace: string;
  constructor(code: string, message: string, status = 400, namespace = '') {
    super(message);
    this.code = code;
    this.status = status;
    this.namespace = namespace;
  }
}
