import { describe, expect, it } from 'vitest';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import { type RemedyKind, readRemedy } from '#shared/domain/plan/remedies.ts';
import { resourcesOf } from '#shared/domain/plan/resource-ref.ts';
import { changeableKeys } from '#shared/domain/plan/target-key.ts';
import { configurationWith, PLUGINS } from '#shared/plugins/plugins.ts';
import { anAlarmTarget, aService } from '#test/builders/index.ts';

const ecs = { kind: 'ecs-service', cluster: 'shop', service: 'orders', taskDefinitionFamily: 'orders' } as const;
const scale = { action: 'scale-ecs-service', alarms: ['memory'], maxDesiredCount: 4 } as const;
const reboot = { action: 'reboot-rds-instance', alarms: ['memory'], instance: 'orders-db' } as const;
const service = (change: object) => ({ id: 'orders', alarms: ['memory', 'errors'], deployment: ecs, ...change });
const read = (change: object) => configurationWith(PLUGINS).safeParse({ version: 1, services: [service(change)] });
const problems = (change: object): string[] =>
  read(change).error?.issues.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`) ?? [];

describe('the remedies of a service', () => {
  it('are none unless its owner lists them', () => {
    expect(read({}).data?.services[0]?.remedies).toEqual([]);
  });

  it('are listed with bounds', () => {
    expect(problems({ remedies: [scale] })).toEqual([]);
    const kind = PLUGINS.actions.find(({ id }) => id === scale.action)?.remedy as RemedyKind;
    expect(readRemedy({ ...scale, alarms: ['memory'] }, kind)).toEqual({ ...scale, step: 1, onRequest: false });
  });

  it.each([
    ['an action that nobody knows', [{ action: 'delete-everything', alarms: ['memory'] }], 'remedies.0.action'],
    ['no alarm', [{ ...scale, alarms: [] }], 'remedies.0.alarms'],
    ['no bound', [{ action: 'scale-ecs-service', alarms: ['memory'] }], 'remedies.0.maxDesiredCount'],
    ['a bound that is none', [{ ...scale, maxDesiredCount: 1_000_000 }], 'remedies.0.maxDesiredCount'],
    ['a word too much', [{ ...scale, command: 'rm -rf /' }], '"command"'],
    ['an alarm of somebody else', [{ ...scale, alarms: ['cpu'] }], 'remedies.0: cpu is not among the alarms'],
    [
      'the same twice for an alarm',
      [scale, { ...scale, maxDesiredCount: 9 }],
      'remedies.1: scale-ecs-service is listed',
    ],
  ])('are refused with %s', (_what, remedies, problem) => {
    expect(problems({ remedies }).join('\n')).toContain(problem);
  });

  it('of ECS need a service that is deployed so', () => {
    const deployment = { kind: 'lambda-alias', functionName: 'orders', alias: 'live' };
    expect(problems({ deployment, remedies: [scale] })).toEqual([
      'remedies.0: scale-ecs-service needs a deployment of the kind ecs-service',
    ]);
    expect(
      problems({ deployment: null, remedies: [{ action: 'redeploy-ecs-service', alarms: ['memory'] }] }),
    ).toHaveLength(1);
  });

  it('do not change the memory of a function that an alias calls, which would change nothing', () => {
    const deployment = { kind: 'lambda-alias', functionName: 'orders', alias: 'live' };
    const more = { action: 'raise-lambda-memory', alarms: ['memory'], maxMemoryMb: 2048 };
    expect(problems({ deployment, remedies: [{ ...more, functionName: 'orders' }] }).join()).toContain('an alias');
    expect(problems({ deployment, remedies: [{ ...more, functionName: 'orders-worker' }] })).toEqual([]);
  });

  it('are told with their place in the configuration', () => {
    const services = [service({ remedies: [scale, { ...reboot, alarms: ['cpu'] }] })];
    const { error } = configurationWith(PLUGINS).safeParse({ version: 1, services });
    expect(error?.issues[0]?.path).toEqual(['services', 0, 'remedies', 1]);
  });
});

describe('what an incident may change', () => {
  const listed = (change: object) => aService({ alarms: ['checkout-errors', 'memory'], ...change });
  const keys = (own: Service | null) => changeableKeys(anAlarmTarget(), own);

  it('is the deployment of its service and what the remedies for this very alarm name', () => {
    const remedies = [
      { ...reboot, alarms: ['checkout-errors'] },
      { ...reboot, instance: 'other-db' },
    ];
    expect(keys(listed({ remedies }))).toEqual(['lambda:checkout/live', 'rds:instance/orders-db']);
  });

  it('is one thing for a database and its parameters, and for a deployment and its tasks', () => {
    const parameter = {
      action: 'change-rds-parameter',
      parameterGroup: 'g',
      parameter: 'p',
      step: 1,
      maximum: 9,
    } as const;
    const alarms = ['checkout-errors'];
    const remedies = [
      { ...reboot, alarms },
      { ...parameter, alarms, instance: 'orders-db' },
      { ...scale, alarms },
    ];
    expect(keys(listed({ deployment: ecs, remedies }))).toEqual(['ecs:shop/orders', 'rds:instance/orders-db']);
  });

  it('is nothing without a service', () => expect(keys(null)).toEqual([]));

  it('is read once for several remedies of one thing', () => {
    const alarms = ['checkout-errors'];
    const remedies = [{ ...scale, alarms }, { action: 'redeploy-ecs-service', alarms } as const];
    expect(resourcesOf(listed({ deployment: ecs, remedies }))).toEqual([
      { kind: 'ecs-service', cluster: 'shop', service: 'orders' },
    ]);
    expect(resourcesOf(listed({ deployment: ecs, remedies }), 'memory')).toEqual([]);
  });
});
