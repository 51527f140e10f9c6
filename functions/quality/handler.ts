import { type WatchQualityDeps, watchQuality } from '#shared/app/upkeep/watch-quality.ts';

export function makeHandler(deps: WatchQualityDeps) {
  return () => watchQuality(deps);
}
