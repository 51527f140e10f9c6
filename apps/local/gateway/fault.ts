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
