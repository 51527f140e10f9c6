import { forecastCapacity } from '#shared/app/upkeep/forecast-capacity.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { actions, configuration, control, defineScheduled, mailer, metrics } from '../compose.ts';
import { config } from './config.ts';

export const handler = defineScheduled(
  config,
  { actions, configuration, metrics, control, mailer, notifiers: () => NOTIFIERS },
  forecastCapacity,
);
