import { type ForecastCapacityDeps, forecastCapacity } from '#shared/app/upkeep/forecast-capacity.ts';

export function makeHandler(deps: ForecastCapacityDeps) {
  return () => forecastCapacity(deps);
}
