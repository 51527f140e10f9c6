import { type WatchQualityDeps, watchQuality } from '#shared/app/watch-quality.ts';

export function makeHandler(deps: WatchQualityDeps) {
  return () => watchQuality(deps);
}
