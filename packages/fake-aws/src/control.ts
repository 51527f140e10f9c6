import { randomUUID } from 'node:crypto';
import type { EffectsJournal } from '@selfheal/fake-server/journal.ts';
import type { Service } from '@selfheal/fake-server/wire.ts';
import { ago, isoNow, MINUTE, makeTimers, type WorldTime } from '@selfheal/fake-server/world-time.ts';
import { makeAlarmClock } from './alarm-clock.ts';
import { type AwsEvent, compositeAlarm, logAlarm } from './alarm-events.ts';
import { makeAwsService } from './api.ts';
import { type BuildControl, makeBuildControl } from './build-control.ts';
import type { AutomationDocument } from './operation.ts';
import { openSampleCloud, SCENARIOS } from './sample-cloud.ts';
import { writeServiceLog } from './service-logs.ts';
import type { AlarmRecord, DatabaseState, EcsState, GroupState, LambdaState, LogEvent, ServiceId } from './state.ts';

export interface FireAlarmOptions {
  /** Milliseconds from a good deployment to OK (default 1500); null when nothing clears the alarm. */
  readonly okAfterMs?: number | null;
  /** Minutes since the bad deployment (default 6). */
  readonly deployedMinutesAgo?: number;
}

export interface AwsControl extends BuildControl {
  /** Deploys the bad version, writes its errors to the log group and raises the alarm. Returns the event. */
  fireAlarm(service: ServiceId, options?: FireAlarmOptions): AwsEvent;
  /**
   * Makes a composite alarm over alarms by name, whose first one has raised it, and emits its event. `suppressedBy`: why its
   * actions are kept back.
   */
  fireComposite(name: string, children: readonly string[], suppressedBy?: 'Alarm' | 'WaitPeriod'): AwsEvent;
  /**
   * Makes a log alarm of a service and raises it. No document tells what its event says of its configuration, so that is only the description.
   */
  fireLogAlarm(name: string, service: ServiceId, query: NonNullable<AlarmRecord['logQuery']>): AwsEvent;
  /** Sets an alarm to OK and emits the event. */
  clearAlarm(alarmName: string): AwsEvent;
  /** Makes CloudWatch show alarm states this many milliseconds after their events. */
  setAlarmLag(milliseconds: number): void;
  alarm(alarmName: string): AlarmRecord | undefined;
  lambda(functionName: string): LambdaState | undefined;
  ecsService(cluster: string, service: string): EcsState | undefined;
  group(name: string): GroupState | undefined;
  database(name: string): DatabaseState | undefined;
  /** Moves an alias as another person would: the effects journal does not record it. */
  moveAliasByHand(functionName: string, alias: string, version: string): void;
  putLogs(logGroup: string, events: readonly LogEvent[]): void;
  /** Sets whether runs of an SSM document fail from now on. */
  failDocument(document: string, fails: boolean): void;
  /** Runs a document as another person would: the effects journal does not record it. */
  runDocument(document: string, parameters: Readonly<Record<string, string[]>>): void;
  /** Sets a parameter as another person would: the effects journal does not record it. */
  setParameter(name: string, value: string): void;
  parameter(name: string): string | undefined;
  /** Clears the failed tasks of the reports service, so that they run again. */
  clearReports(): void;
}

export interface LocalAws {
  readonly service: Service;
  readonly control: AwsControl;
  stop(): void;
}

export function makeLocalAws(options: {
  journal: EffectsJournal;
  dataDir: string | undefined;
  account: string;
  region: string;
  time: WorldTime;
  documents?: readonly AutomationDocument[];
  onEvent: (event: AwsEvent) => void;
  /** Called with what is written to a log group. */
  onLogs?: (logGroup: string, events: readonly LogEvent[]) => void;
}): LocalAws {
  const { journal, dataDir, account, region, time, documents = [], onEvent, onLogs = () => undefined } = options;
  const cloud = openSampleCloud({ account, region, time }, dataDir);
  const { change, deployed, stop } = makeAlarmClock(cloud, onEvent);
  const alarmOf = (fits: (alarm: AlarmRecord) => boolean): AlarmRecord => {
    const alarm = cloud.alarms.all().find(fits);
    if (alarm === undefined) throw new Error('The sample cloud has no such alarm.');
    return alarm;
  };
  const timers = makeTimers(time);
  const after = (milliseconds: number, event: () => object): void =>
    timers.after(milliseconds, () => onEvent(event() as AwsEvent));
  const putLogs = (group: string, events: readonly LogEvent[]): void => {
    cloud.logs.put(group, events);
    onLogs(group, events);
  };
  let alarmLagMs = 0;
  const control: AwsControl = {
    fireAlarm(service, { okAfterMs = 1500, deployedMinutesAgo = 6 } = {}) {
      SCENARIOS[service].begin(cloud, ago(time, deployedMinutesAgo * MINUTE));
      const written = writeServiceLog(cloud, service, new Date(time.now()), deployedMinutesAgo);
      if (written !== null) onLogs(written.group, written.events);
      const alarm = alarmOf((one) => one.service === service);
      alarm.okAfterMs = okAfterMs;
      return change(alarm, 'ALARM');
    },
    fireComposite(name, children, suppressedBy) {
      const first = alarmOf((one) => one.name === children[0]);
      const { event, alarm } = compositeAlarm(cloud, { name, children, first, suppressedBy });
      cloud.alarms.put(name, alarm);
      onEvent(event);
      return event;
    },
    fireLogAlarm(name, service, logQuery) {
      const { event, alarm } = logAlarm(cloud, { name, logQuery, like: alarmOf((one) => one.service === service) });
      cloud.alarms.put(name, alarm);
      onEvent(event);
      return event;
    },
    clearAlarm: (name) =>
      change(
        alarmOf((one) => one.name === name),
        'OK',
      ),
    setAlarmLag(milliseconds) {
      alarmLagMs = milliseconds;
    },
    alarm: (name) => cloud.alarms.get(name),
    lambda: (name) => cloud.functions.get(name),
    ecsService: (cluster, service) => cloud.ecs.get(`${cluster}/${service}`),
    group: (name) => cloud.groups.get(name),
    database: (name) => cloud.databases.get(name),
    moveAliasByHand(functionName, aliasName, version) {
      const state = cloud.functions.get(functionName);
      const alias = state?.aliases.find((one) => one.name === aliasName);
      if (state === undefined || alias === undefined)
        throw new Error(`The sample cloud has no alias ${functionName}:${aliasName}.`);
      Object.assign(alias, { version, revisionId: randomUUID() });
      cloud.functions.put(functionName, state);
      if (functionName === 'checkout-api') deployed('checkout');
    },
    putLogs,
    ...makeBuildControl({ cloud }, putLogs),
    failDocument: (document, fails) => void (fails ? cloud.failing.add(document) : cloud.failing.delete(document)),
    runDocument(document, parameters) {
      const id = randomUUID();
      const startedAt = isoNow(time);
      cloud.automations.put(id, { id, document, parameters, token: '', startedAt, fails: true });
    },
    setParameter: (name, value) => cloud.parameters.put(name, { Name: name, Value: value, Version: 1 }),
    parameter: (name) => cloud.parameters.get(name)?.Value,
    clearReports() {
      cloud.faults.put('reports', { since: isoNow(time), cleared: true });
      deployed('reports');
    },
  };
  for (const alarm of cloud.alarms.all()) if (alarm.state.value === 'ALARM') deployed(alarm.service);
  return {
    service: makeAwsService({ cloud, documents, journal, deployed, after, alarmLagMs: () => alarmLagMs }),
    control,
    stop() {
      timers.stop();
      stop();
    },
  };
}
