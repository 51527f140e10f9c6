import { pullRequestKeyOf } from '#shared/domain/incident/repository-identity.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { ControlSettings } from '#shared/ports/control-store.ts';

type PullRequestPlace = Parameters<typeof pullRequestKeyOf>[0];

const keyOf = (place: PullRequestPlace): string => `quiet#${pullRequestKeyOf(place)}`;
const LOUD = 'no';

/** Whether somebody asked for no comments on further failures of the target's pull request. */
export async function isQuiet(target: TargetContext, control: Pick<ControlSettings, 'cursor'>): Promise<boolean> {
  if (target.kind !== 'run' || target.pullRequest === null) return false;
  const kept = await control.cursor(keyOf({ ...target, pullRequest: target.pullRequest }));
  return kept !== null && kept !== LOUD;
}

/** Stores who asked for quiet, or that comments are wanted again. */
export async function setQuiet(
  place: PullRequestPlace,
  by: string | null,
  control: Pick<ControlSettings, 'setCursor'>,
): Promise<void> {
  await control.setCursor(keyOf(place), by ?? LOUD);
}
