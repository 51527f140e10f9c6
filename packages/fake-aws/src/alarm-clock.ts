import { makeTimers } from '@selfheal/fake-server/world-time.ts';
import { type AwsEvent, alarmStateChange, alarmValue } from './alarm-events.ts';
import { finishRollout } from './ecs.ts';
import { SCENARIOS } from './sample-cloud.ts';
import type { AlarmRecord, SampleCloud, ServiceId } from './state.ts';

export interface AlarmClock {
  /** Sets an alarm's state and emits the event. */
  change(alarm: AlarmRecord, value: 'OK' | 'ALARM'): AwsEvent;
  /** Called after a deployment: later the roll-out ends and the alarm returns to OK. */
  deployed(service: ServiceId): void;
  stop(): void;
}

/** Duration of an ECS roll-out here; on AWS it takes minutes. */
const ROLLOUT_MS = 500;

export function makeAlarmClock(cloud: SampleCloud, onEvent: (event: AwsEvent) => void): AlarmClock {
  const { after, stop } = makeTimers(cloud.time);
  const change: AlarmClock['change'] = (alarm, value) => {
    alarm.previous = alarm.state.value === value ? { ...alarm.previous, at: alarm.state.at } : alarm.state;
    alarm.state = alarmValue(alarm, value, new Date(cloud.time.now()));
    cloud.alarms.put(alarm.name, alarm);
    const event = alarmStateChange(cloud, alarm);
    onEvent(event);
    return event;
  };
  const clearWhenHealthy = ({ name, service }: AlarmRecord) => {
    const alarm = cloud.alarms.get(name);
    if (alarm?.state.value === 'ALARM' && SCENARIOS[service].isOver(cloud)) change(alarm, 'OK');
  };
  const endRollout = (service: ServiceId) => {
    const ecs = cloud.ecs.get(`shop/${service}`);
    if (ecs === undefined) return;
    finishRollout(ecs);
    cloud.ecs.put(`shop/${service}`, ecs);
  };
  const endRefresh = () => {
    const nodes = cloud.groups.get('search-nodes');
    const running = nodes?.refreshes.find(({ status }) => status === 'InProgress');
    if (nodes === undefined || running === undefined) return;
    running.status = 'Successful';
    cloud.groups.put('search-nodes', nodes);
  };
  return {
    change,
    deployed(service) {
      if (cloud.ecs.get(`shop/${service}`) !== undefined) after(ROLLOUT_MS, () => endRollout(service));
      for (const alarm of cloud.alarms.all()) {
        if (alarm.service !== service || alarm.okAfterMs === null || !SCENARIOS[service].isOver(cloud)) continue;
        // When the fault stays, new instances do not become ready either.
        if (service === 'search') after(ROLLOUT_MS, endRefresh);
        after(alarm.okAfterMs, () => clearWhenHealthy(alarm));
      }
    },
    stop,
  };
}
