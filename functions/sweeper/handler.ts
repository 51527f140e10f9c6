import { type SweepDeps, sweep } from '#shared/app/upkeep/redeliver-webhooks.ts';

export function makeHandler(deps: SweepDeps) {
  return () => sweep(deps);
}
