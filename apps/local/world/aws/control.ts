import { randomUUID } from 'node:crypto';
import type { EffectsJournal } from '../server/journal.ts';
import type { Service } from '../server/wire.ts';
import { ago, isoNow, MINUTE, type WorldTime } from '../world-time.ts';
import { makeAlarmClock } from './alarm-clock.ts';
import type { AwsEvent } from './alarm-events.ts';
import { makeAwsService } from './api.ts';
import {
  type AlarmRecord,
  type DatabaseState,
  type EcsState,
  type GroupState,
  type LambdaState,
  type LogEvent,
  openCompany,
  type ServiceId,
} from './company.ts';
import { writeServiceLog } from './service-logs.ts';
import { TROUBLES } from './troubles.ts';

export interface FireAlarmOptions {
  /** Milliseconds from a good deployment to OK (default 1500); null: nothing clears it. */
  readonly okAfterMs?: number | null;
  /** Age of the bad deployment (default 6). */
  readonly deployedMinutesAgo?: number;
}

export interface AwsControl {
  /** Deploys the bad version, writes its errors to the log group and raises the alarm. Returns the event. */
  fireAlarm(service: ServiceId, options?: FireAlarmOptions): AwsEvent;
  /** Sets an alarm to OK and emits the event. */
  clearAlarm(alarmName: string): AwsEvent;
  /** Lets CloudWatch show the states of alarms only so many milliseconds after their events. */
  setAlarmLag(milliseconds: number): void;
  alarm(alarmName: string): AlarmRecord | undefined;
  lambda(functionName: string): LambdaState | undefined;
  ecsService(cluster: string, service: string): EcsState | undefined;
  group(name: string): GroupState | undefined;
  database(name: string): DatabaseState | undefined;
  /** Moves an alias as somebody else would: not in the effects journal. */
  moveAliasByHand(functionName: string, alias: string, version: string): void;
  putLogs(logGroup: string, events: readonly LogEvent[]): void;
  /** Lets runs of an SSM document fail from now on, or not any more. */
  failDocument(document: string, fails: boolean): void;
  /** Runs a document as somebody else would: not in the effects journal. */
  runDocument(document: string, parameters: Readonly<Record<string, string[]>>): void;
  /** Sets a parameter as somebody else would: not in the effects journal. */
  setParameter(name: string, value: string): void;
  parameter(name: string): string | undefined;
  /** The failed tasks of the reports run again. */
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
  onEvent: (event: AwsEvent) => void;
}): LocalAws {
  const { journal, dataDir, account, region, time, onEvent } = options;
  const company = openCompany({ account, region, time }, dataDir);
  const { change, deployed, stop } = makeAlarmClock(company, onEvent);
  const alarmOf = (fits: (alarm: AlarmRecord) => boolean): AlarmRecord => {
    const alarm = company.alarms.all().find(fits);
    if (alarm === undefined) throw new Error('There is no such alarm.');
    return alarm;
  };
  let alarmLagMs = 0;
  const control: AwsControl = {
    fireAlarm(service, { okAfterMs = 1500, deployedMinutesAgo = 6 } = {}) {
      TROUBLES[service].begin(company, ago(time, deployedMinutesAgo * MINUTE));
      writeServiceLog(company, service, new Date(time.now()), deployedMinutesAgo);
      const alarm = alarmOf((one) => one.service === service);
      alarm.okAfterMs = okAfterMs;
      return change(alarm, 'ALARM');
    },
    clearAlarm: (name) =>
      change(
        alarmOf((one) => one.name === name),
        'OK',
      ),
    setAlarmLag(milliseconds) {
      alarmLagMs = milliseconds;
    },
    alarm: (name) => company.alarms.get(name),
    lambda: (name) => company.functions.get(name),
    ecsService: (cluster, service) => company.ecs.get(`${cluster}/${service}`),
    group: (name) => company.groups.get(name),
    database: (name) => company.databases.get(name),
    moveAliasByHand(functionName, aliasName, version) {
      const state = company.functions.get(functionName);
      const alias = state?.aliases.find((one) => one.name === aliasName);
      if (state === undefined || alias === undefined) throw new Error(`There is no ${functionName}:${aliasName}.`);
      Object.assign(alias, { version, revisionId: randomUUID() });
      company.functions.put(functionName, state);
      if (functionName === 'checkout-api') deployed('checkout');
    },
    putLogs: (group, events) => company.logs.put(group, events),
    failDocument: (document, fails) => void (fails ? company.failing.add(document) : company.failing.delete(document)),
    runDocument(document, parameters) {
      const id = randomUUID();
      const startedAt = isoNow(time);
      company.automations.put(id, { id, document, parameters, token: '', startedAt, fails: true });
    },
    setParameter: (name, value) => company.parameters.put(name, { Name: name, Value: value, Version: 1 }),
    parameter: (name) => company.parameters.get(name)?.Value,
    clearReports() {
      company.trouble.put('reports', { since: isoNow(time), cleared: true });
      deployed('reports');
    },
  };
  for (const alarm of company.alarms.all()) if (alarm.state.value === 'ALARM') deployed(alarm.service);
  return {
    service: makeAwsService({ company, journal, deployed, alarmLagMs: () => alarmLagMs }),
    control,
    stop,
  };
}
