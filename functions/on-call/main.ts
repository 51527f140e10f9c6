import { callPeople } from '#shared/app/on-call/call-people.ts';
import { smtp, texter } from '../channels-on-demand.ts';
import {
  actions,
  chains,
  configuration,
  killSwitch as control,
  dashboardUrl,
  defineScheduled,
  incidents,
} from '../compose.ts';
import { evidence, poster } from '../compose-cloud.ts';
import { config } from './config.ts';

export const handler = defineScheduled(
  config,
  { incidents, chains, control, evidence, poster, smtp, texter, actions, dashboardUrl, configuration },
  callPeople,
);
