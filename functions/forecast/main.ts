import { forecastCapacity } from '#shared/app/upkeep/forecast-capacity.ts';
import { actions, configuration, control, defineScheduled, notifiers } from '../compose.ts';
import { mailer, poster } from '../compose-cloud.ts';
import { metrics } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineScheduled(
  config,
  { actions, configuration, metrics, control, mailer, poster, notifiers },
  forecastCapacity,
);
