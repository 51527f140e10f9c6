import { describe, expect, it } from 'vitest';
import { Capacity } from '#shared/domain/capacity/capacity-settings.ts';
import { preEmptiveActions } from '#shared/domain/capacity/pre-emptive-action.ts';
import type { Remedy } from '#shared/domain/plan/remedies.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { aService } from '#test/builders/index.ts';

const MAKERS = ACTIONS.flatMap(({ remedy }) => remedy ?? []);
const REMEDIES: Remedy[] = [
  { action: 'reboot-rds-instance', alarms: ['soon'], instance: 'db' },
  { action: 'redeploy-ecs-service', alarms: ['soon'] },
  { action: 'scale-ecs-service', alarms: ['soon'], step: 2, maxDesiredCount: 8 },
  { action: 'raise-lambda-memory', alarms: ['soon'], functionName: 'worker', maxMemoryMb: 2048 },
  { action: 'set-lambda-concurrency', alarms: ['soon'], functionName: 'worker', reservedConcurrency: 5 },
  { action: 'scale-auto-scaling-group', alarms: ['other'], autoScalingGroup: 'web', step: 1, maxDesiredCapacity: 6 },
  { action: 'refresh-instances', alarms: ['soon'], autoScalingGroup: 'web', minHealthyPercentage: 90 },
  {
    action: 'change-rds-parameter',
    alarms: ['soon'],
    instance: 'db',
    parameterGroup: 'mysql',
    parameter: 'max_connections',
    step: 50,
    maximum: 300,
  },
];

const OWNER = aService({
  alarms: ['soon', 'other'],
  deployment: { kind: 'ecs-service', cluster: 'shop', service: 'orders', taskDefinitionFamily: 'orders' },
  remedies: REMEDIES,
  playbooks: ['clean-disk'],
});

const entry = (kind: Capacity['kind'], alarm: string | null = null): Capacity =>
  Capacity.parse({ kind, metric: { namespace: 'CWAgent', name: 'used' }, limit: 85, alarm });

describe('what may be done before something runs out', () => {
  it.each<[Capacity['kind'], readonly string[]]>([
    [
      'memory',
      [
        'double the memory of worker, up to 2048 MB',
        'run more tasks (2 at a time, at most 8)',
        'run more instances in web (1 at a time, at most 6)',
        'replace its tasks with new ones',
        'replace the instances of web with new ones',
      ],
    ],
    ['disk', ['replace the instances of web with new ones', 'run more instances in web (1 at a time, at most 6)']],
    [
      'connections',
      [
        'raise max_connections of db by 50, up to 300',
        'reserve 5 concurrent executions for worker',
        'replace its tasks with new ones',
        'restart the database db',
      ],
    ],
  ])('[D37] for %s is what makes room, least disturbing first, then the playbooks', (kind, words) => {
    expect(preEmptiveActions(entry(kind), OWNER, MAKERS)).toEqual([
      ...words,
      'run the playbook clean-disk, if it fits',
    ]);
  });

  it('is what the owner lists for the alarm, where the forecast has one', () => {
    expect(preEmptiveActions(entry('memory', 'other'), OWNER, MAKERS)).toEqual([
      'run more instances in web (1 at a time, at most 6)',
      'run the playbook clean-disk, if it fits',
    ]);
  });

  it('is nothing where the catalogue allows nothing', () => {
    expect(preEmptiveActions(entry('memory'), aService(), MAKERS)).toEqual([]);
  });
});
