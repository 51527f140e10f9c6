/** Questions to the API of a deployment, with the rights of whoever is signed in. Every method throws `ApiRefusal` when the API refuses or does not answer. */
export interface DeploymentApi {
  get(path: string, query: Readonly<Record<string, string | undefined>>, signal: AbortSignal): Promise<unknown>;
  /** A question that carries a text, or a rehearsal. Throws for a path that could change something. */
  ask(path: string, body: object, signal: AbortSignal): Promise<unknown>;
  /** Address of the dashboard without a trailing slash; null where it is not known. */
  readonly dashboardUrl: string | null;
}

/** The API did not answer a question. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  /** The API's own words, which may quote outsiders; empty where there are none. */
  readonly detail: string;

  /** Of its HTTP answer; null where there was none. */
  readonly status: number | null;

  constructor(
    message: string,
    { detail = '', status = null }: { readonly detail?: string; readonly status?: number | null } = {},
  ) {
    super(message);
    this.detail = detail;
    this.status = status;
  }
}
