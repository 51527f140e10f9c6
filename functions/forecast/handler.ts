import { type ForecastCapacityDeps, forecastCapacity } from '#shared/app/forecast-capacity.ts';

export function makeHandler(deps: ForecastCapacityDeps) {
  return () => forecastCapacity(deps);
}
