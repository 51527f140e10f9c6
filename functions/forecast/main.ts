import { forecastCapacity } from '#shared/app/upkeep/forecast-capacity.ts';
import { type WatchMetricAlertsDeps, watchMetricAlerts } from '#shared/app/upkeep/watch-metric-alerts.ts';
import { mailer, smtp, texter } from '../channels-on-demand.ts';
import { actions, configuration, control, defineScheduled, notifiers, policy } from '../compose.ts';
import { poster, signalQueue } from '../compose-cloud.ts';
import { alarms, metrics } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineScheduled(
  config,
  {
    actions,
    alarms,
    configuration,
    metrics,
    control,
    mailer,
    poster,
    smtp,
    texter,
    notifiers,
    policy,
    queue: signalQueue,
  },
  async (deps: WatchMetricAlertsDeps) => {
    await watchMetricAlerts(deps);
    await forecastCapacity(deps);
  },
);
