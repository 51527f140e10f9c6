/** The events a webhook has to send, and what does not work without each. */
export const NEEDED_EVENTS: Readonly<Record<string, string>> = {
  workflow_run: 'failed runs are not seen',
  issue_comment: 'commands in comments are not seen',
};

export interface WebhookSettings {
  readonly active: boolean;
  readonly events: readonly string[];
  /** `json`, `form`. */
  readonly contentType: string | null;
  /** Whether it has a secret; null when unknown. */
  readonly hasSecret: boolean | null;
}

/** Problems in the settings of a webhook, each with the way to fix it; empty when there are none. */
export function setupProblems({ active, events, contentType, hasSecret }: WebhookSettings): readonly string[] {
  const missing = Object.entries(NEEDED_EVENTS).filter(([event]) => !events.includes(event) && !events.includes('*'));
  return [
    ...(active ? [] : ['The webhook is switched off: set it to active.']),
    ...missing.map(([event, without]) => `The event ${event} is missing: ${without}. Add it to the webhook.`),
    ...(contentType === 'json'
      ? []
      : ['The content type is not application/json: every delivery is refused with 415.']),
    ...(hasSecret === false ? ['The webhook has no secret: every delivery is refused with 401.'] : []),
  ];
}
