import type { ManagedService } from '../plan/managed-service.ts';
import type { Remedy } from '../plan/remedies.ts';
import type { Capacity } from './capacity-settings.ts';

/** Which remedies make room for what runs out. */
const MAKES_ROOM: Readonly<Record<Capacity['kind'], readonly Remedy['action'][]>> = {
  memory: [
    'raise-lambda-memory',
    'scale-ecs-service',
    'scale-auto-scaling-group',
    'redeploy-ecs-service',
    'refresh-instances',
  ],
  disk: ['refresh-instances', 'scale-auto-scaling-group'],
  connections: ['change-rds-parameter', 'set-lambda-concurrency', 'redeploy-ecs-service', 'reboot-rds-instance'],
};

/**
 * What the owner of a service allows to be done before something runs out, in plain words and in the order of what disturbs least: remedies
 * (those that list the forecast's alarm, where it has one), then playbooks. Empty when the catalogue allows nothing.
 */
export function preEmptiveActions({ kind, alarm }: Capacity, { remedies, playbooks }: ManagedService): string[] {
  const listed = remedies.filter((remedy) => alarm === null || remedy.alarms.includes(alarm));
  const fitting = MAKES_ROOM[kind].flatMap((action) => listed.filter((remedy) => remedy.action === action));
  return [...fitting.map(wordsOf), ...playbooks.map(({ id }) => `run the playbook ${id}, if it fits`)];
}

function wordsOf(remedy: Remedy): string {
  switch (remedy.action) {
    case 'scale-ecs-service':
      return `run more tasks (${remedy.step} at a time, at most ${remedy.maxDesiredCount})`;
    case 'redeploy-ecs-service':
      return 'replace its tasks by new ones';
    case 'raise-lambda-memory':
      return `double the memory of ${remedy.functionName}, up to ${remedy.maxMemoryMb} MB`;
    case 'set-lambda-concurrency':
      return `reserve ${remedy.reservedConcurrency} concurrent executions for ${remedy.functionName}`;
    case 'scale-auto-scaling-group':
      return `run more instances in ${remedy.autoScalingGroup} (${remedy.step} at a time, at most ${remedy.maxDesiredCapacity})`;
    case 'refresh-instances':
      return `replace the instances of ${remedy.autoScalingGroup} by new ones`;
    case 'reboot-rds-instance':
      return `restart the database ${remedy.instance}`;
    case 'change-rds-parameter':
      return `raise ${remedy.parameter} of ${remedy.instance} by ${remedy.step}, up to ${remedy.maximum}`;
    default:
      return remedy satisfies never;
  }
}
