import { makeCollection } from '@selfheal/fake-server/collection.ts';
import { ago, DAY, MINUTE } from '@selfheal/fake-server/world-time.ts';
import { ALARMS } from './alarm-definitions.ts';
import { areReportsCleared, beginScenario, isGalleryRestarted, openAutomationRecords } from './automation-state.ts';
import { openBuildRecords } from './build-state.ts';
import { accounts, catalog, invoices, ratings, search } from './capacity-scenarios.ts';
import { checkout, ledger, orders } from './deployment-scenarios.ts';
import { type AlarmValue, type SampleCloud, type Scenario, SERVICE_IDS, type ServiceId } from './state.ts';

/** Age of the faults in a new sample cloud, in minutes. */
const MINUTES_OLD = 6;

/** Opens the stored sample cloud or creates one, in which everything is healthy and the bad versions were deployed some minutes ago. */
export function openSampleCloud(
  { account, region, time }: Pick<SampleCloud, 'account' | 'region' | 'time'>,
  dataDir: string | undefined,
): SampleCloud {
  const cloud: SampleCloud = {
    account,
    region,
    time,
    functions: makeCollection(dataDir, 'aws/functions'),
    ecs: makeCollection(dataDir, 'aws/ecs-services'),
    groups: makeCollection(dataDir, 'aws/auto-scaling-groups'),
    databases: makeCollection(dataDir, 'aws/databases'),
    clusters: makeCollection(dataDir, 'aws/database-clusters'),
    alarms: makeCollection(dataDir, 'aws/alarms'),
    logs: makeCollection(dataDir, 'aws/log-groups'),
    ...openAutomationRecords(dataDir),
    ...openBuildRecords(dataDir),
  };
  if (cloud.alarms.size === 0) found(cloud);
  return cloud;
}

function found(cloud: SampleCloud): void {
  for (const id of SERVICE_IDS) SCENARIOS[id].begin(cloud, ago(cloud.time, MINUTES_OLD * MINUTE));
  for (const alarm of ALARMS) {
    const reason = 'Unchecked: Initial alarm creation';
    const state: AlarmValue = { value: 'OK', reason, reasonData: '{}', at: ago(cloud.time, DAY) };
    const previous: AlarmValue = { ...state, value: 'INSUFFICIENT_DATA' };
    cloud.alarms.put(alarm.name, { ...alarm, state, previous, okAfterMs: 1500 });
  }
}

export const SCENARIOS: Readonly<Record<ServiceId, Scenario>> = {
  checkout,
  orders,
  ledger,
  catalog,
  invoices,
  search,
  accounts,
  ratings,
  reports: { begin: (cloud) => beginScenario(cloud, 'reports'), isOver: areReportsCleared },
  gallery: { begin: (cloud) => beginScenario(cloud, 'gallery'), isOver: isGalleryRestarted },
};
