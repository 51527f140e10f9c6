import { forecastCapacity } from '#shared/app/upkeep/forecast-capacity.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { actions, configuration, control, defineScheduled, mailer } from '../compose.ts';
import { metrics } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineScheduled(
  config,
  { actions, configuration, metrics, control, mailer, notifiers: () => NOTIFIERS },
  forecastCapacity,
);
