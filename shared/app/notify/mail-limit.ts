import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { Clock } from '#shared/ports/time.ts';

export interface MailLimitDeps {
  readonly control: Pick<ControlStore, 'takeFromLimit'>;
  readonly clock: Clock;
}

/** Mails a day about failures of one workflow on one pull request: the comment there tells every one of them. */
const MAX_MAILS_PER_DAY = 2;
const DAY_MILLISECONDS = 24 * 60 * 60_000;

/**
 * Whether one more mail may go out about the place of an incident. Only pull requests have a limit: their comment is rewritten at each
 * step, while of everything else a mail is all that people get. `key` makes a repeat of the same mail count once.
 */
export async function mayMail(
  { target, intakeKey }: Pick<Incident, 'target' | 'intakeKey'>,
  key: string,
  { control, clock }: MailLimitDeps,
): Promise<boolean> {
  if (target.kind !== 'github-run' || target.pullRequest === null) return true;
  const now = clock.now();
  const expires = new Date(now.getTime() + 2 * DAY_MILLISECONDS);
  return await control.takeFromLimit(
    `mails#${intakeKey}`,
    now.toISOString().slice(0, 10),
    key,
    MAX_MAILS_PER_DAY,
    expires,
  );
}
