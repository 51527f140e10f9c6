/** Has people told of an incident by the functions that reach the channels; whoever asks has no right to a channel. */
export interface IncidentTeller {
  /** Tells everybody who is told of such incidents, and calls who is on call. Resolves when they were told. */
  handOver(incidentId: string, asked: { readonly by: string; readonly reason: string }): Promise<void>;
  /** Tells the end that a person gave it wherever something stands open about it: tickets, pages, threads. Does not wait for it. */
  tellEnd(incidentId: string): Promise<void>;
  /** Has pagers acknowledge what they page about it, because a person took it on here. Does not wait for it. */
  tellAcknowledgement(incidentId: string): Promise<void>;
}
