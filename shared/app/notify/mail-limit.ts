import type { Clock } from '@selfheal/kernel/time.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Limits } from '#shared/ports/control-store.ts';

export interface MailLimitDeps {
  readonly control: Pick<Limits, 'takeFromLimit'>;
  readonly clock: Clock;
}

/** Mails per day about failures of one workflow on one pull request, where a comment shows all of them. */
const MAX_MAILS_PER_DAY = 2;
const DAY_MILLISECONDS = 24 * 60 * 60_000;

/**
 * Whether one more mail, or message on another channel that cannot be updated in place, may be sent for an incident's intake key. Only pull
 * requests have a limit, because their comment is updated at each step; for everything else a mail is the only notification. With the same
 * `key` a repeat of a message counts once.
 */
export async function mayMail(
  { target, intakeKey }: Pick<Incident, 'target' | 'intakeKey'>,
  key: string,
  { control, clock }: MailLimitDeps,
  channel: string,
): Promise<boolean> {
  if (target.kind !== 'run' || target.pullRequest === null) return true;
  const now = clock.now();
  const expires = new Date(now.getTime() + 2 * DAY_MILLISECONDS);
  return await control.takeFromLimit(
    `mails#${channel}#${intakeKey}`,
    now.toISOString().slice(0, 10),
    key,
    MAX_MAILS_PER_DAY,
    expires,
  );
}
