import { makeTimers } from '../world-time.ts';
import { type AwsEvent, alarmStateChange, alarmValue } from './alarm-events.ts';
import type { AlarmRecord, Company, ServiceId } from './company.ts';
import { finishRollout } from './ecs.ts';
import { TROUBLES } from './troubles.ts';

export interface AlarmClock {
  /** Puts an alarm into a state and emits the event of it. */
  change(alarm: AlarmRecord, value: 'OK' | 'ALARM'): AwsEvent;
  /** A service's deployment changed: roll-outs end and alarms return to OK in their time. */
  deployed(service: ServiceId): void;
  stop(): void;
}

/** An ECS roll-out takes minutes in truth. */
const ROLLOUT_MS = 500;

export function makeAlarmClock(company: Company, onEvent: (event: AwsEvent) => void): AlarmClock {
  const { after, stop } = makeTimers(company.time);
  const change: AlarmClock['change'] = (alarm, value) => {
    alarm.previous = alarm.state.value === value ? { ...alarm.previous, at: alarm.state.at } : alarm.state;
    alarm.state = alarmValue(alarm, value, new Date(company.time.now()));
    company.alarms.put(alarm.name, alarm);
    const event = alarmStateChange(company, alarm);
    onEvent(event);
    return event;
  };
  const clearWhenHealthy = ({ name, service }: AlarmRecord) => {
    const alarm = company.alarms.get(name);
    if (alarm?.state.value === 'ALARM' && TROUBLES[service].isOver(company)) change(alarm, 'OK');
  };
  const endRollout = (service: ServiceId) => {
    const ecs = company.ecs.get(`shop/${service}`);
    if (ecs === undefined) return;
    finishRollout(ecs);
    company.ecs.put(`shop/${service}`, ecs);
  };
  const endRefresh = () => {
    const nodes = company.groups.get('search-nodes');
    const running = nodes?.refreshes.find(({ status }) => status === 'InProgress');
    if (nodes === undefined || running === undefined) return;
    running.status = 'Successful';
    company.groups.put('search-nodes', nodes);
  };
  return {
    change,
    deployed(service) {
      if (company.ecs.get(`shop/${service}`) !== undefined) after(ROLLOUT_MS, () => endRollout(service));
      for (const alarm of company.alarms.all()) {
        if (alarm.service !== service || alarm.okAfterMs === null || !TROUBLES[service].isOver(company)) continue;
        // Where nothing helps, new instances do not get ready either.
        if (service === 'search') after(ROLLOUT_MS, endRefresh);
        after(alarm.okAfterMs, () => clearWhenHealthy(alarm));
      }
    },
    stop,
  };
}
