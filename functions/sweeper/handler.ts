import { type SweepDeps, sweep } from '#shared/app/sweep.ts';

export function makeHandler(deps: SweepDeps) {
  return () => sweep(deps);
}
