/** A request to a channel's service. */
export interface ChannelRequest {
  /** Named in errors, without what is secret of the address. */
  readonly what: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** It must not be sent again blindly: after a lost answer the caller looks first. */
  readonly once?: boolean;
  /** `https` only; often itself a secret. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Empty for GET. */
  readonly body: string;
}

export interface ChannelAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 256 KB; JSON where the service says so. */
  readonly text: string;
}

/**
 * Sends messages to services outside AWS. Redirects are not followed, and addresses of this machine, of its network and of the cloud's metadata are
 * not called.
 */
export interface Poster {
  /** The fields that people stored for the channel. Throws `Refused` with the command that stores them when there are none. */
  secretOf(channel: string): Promise<Readonly<Record<string, string>>>;
  /**
   * One request; gives an answer of 200 to 299. Throws `RateLimited` for 429, `Retryable` when nothing was sent, `OutcomeUnknown` when the answer
   * was lost or is 500 and more, and `Refused` with the beginning of the answer for everything that a repeat does not change.
   */
  send(request: ChannelRequest): Promise<ChannelAnswer>;
}
