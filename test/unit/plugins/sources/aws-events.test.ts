import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AWS_EVENT_SOURCES } from '#shared/domain/incident/aws-resource.ts';
import { identify, stormScopeOf } from '#shared/domain/incident/identity.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import { EVENT_SOURCES } from '#shared/plugins/sources/registry.ts';

const EVENTS = join(import.meta.dirname, '../../../../events');
const NOW = new Date('2026-11-21T12:00:00.000Z');

interface BusEvent extends Record<string, unknown> {
  readonly detail: Record<string, unknown>;
}
const sample = (path: string): BusEvent => JSON.parse(readFileSync(join(EVENTS, `${path}.json`), 'utf8'));
const translate = (path: string, changes: object = {}) => {
  const source = EVENT_SOURCES.find(({ id }) => path.startsWith(`${id}/`));
  if (source === undefined) throw new Error(`No source reads ${path}.`);
  return source.toSignal({ ...sample(path), ...changes }, NOW);
};
function signalOf(path: string, changes: object = {}): Signal {
  const result = translate(path, changes);
  if (result.kind !== 'signal') throw new Error(`${path} is ${JSON.stringify(result)}`);
  return Signal.parse(result.signal);
}
const told = (path: string) => {
  const { target, kind, tainted } = signalOf(path);
  if (target.kind !== 'alert') throw new Error(`${path} is about ${target.kind}`);
  return [kind, target.service, target.severity, tainted.title];
};

describe('events of AWS services', () => {
  it.each<[string, ...unknown[]]>([
    [
      'codepipeline/execution-failed-firing',
      'alarm-raised',
      'codepipeline/shop-release',
      'high',
      'Pipeline shop-release failed',
    ],
    [
      'codepipeline/execution-succeeded-resolved',
      'alarm-cleared',
      'codepipeline/shop-release',
      'high',
      'Pipeline shop-release succeeded',
    ],
    [
      'codebuild/build-failed-firing',
      'alarm-raised',
      'codebuild/checkout-images',
      'medium',
      'Build of checkout-images failed in BUILD',
    ],
    [
      'codebuild/build-timed-out-firing',
      'alarm-raised',
      'codebuild/checkout-images',
      'medium',
      'Build of checkout-images ran out of time in BUILD',
    ],
    [
      'codedeploy/deployment-failed-firing',
      'alarm-raised',
      'codedeploy/catalog/production',
      'high',
      'Deployment of catalog to production failed',
    ],
    ['ecs/task-exited-firing', 'alarm-raised', 'ecs/shop/orders', 'medium', 'A task of orders stopped by itself'],
    ['ecs/task-could-not-start-firing', 'alarm-raised', 'ecs/shop/orders', 'high', 'A task of orders could not start'],
    [
      'ecs/task-unhealthy-firing',
      'alarm-raised',
      'ecs/shop/orders',
      'medium',
      'A task of orders failed its health check',
    ],
    ['ecs/deployment-failed-firing', 'alarm-raised', 'ecs/shop/orders', 'high', 'Deployment of orders failed'],
    ['ecs/service-steady-resolved', 'alarm-cleared', 'ecs/shop/orders', 'medium', 'Service orders is steady'],
    ['batch/job-failed-firing', 'alarm-raised', 'batch/invoices', 'medium', 'Batch job nightly-invoices failed'],
    ['lambda/invocation-failed-firing', 'alarm-raised', 'lambda/invoices-worker', 'medium', 'invoices-worker failed'],
    [
      'lambda/invocation-too-old-firing',
      'alarm-raised',
      'lambda/invoices-worker',
      'medium',
      'invoices-worker failed before it could run',
    ],
    [
      'rds/instance-out-of-storage-firing',
      'alarm-raised',
      'rds/orders-db',
      'critical',
      'Database orders-db: the lack of storage',
    ],
    [
      'rds/instance-failover-completed-resolved',
      'alarm-cleared',
      'rds/orders-db',
      'medium',
      'Database orders-db: the failover is over',
    ],
    ['rds/cluster-failover-failed-firing', 'alarm-raised', 'rds/orders', 'high', 'Database orders: the failover'],
    [
      'health/issue-open-firing',
      'alarm-raised',
      'health/EC2',
      'high',
      'AWS reports trouble with EC2: AWS_EC2_OPERATIONAL_ISSUE',
    ],
    [
      'cloudformation/update-rolled-back-firing',
      'alarm-raised',
      'cloudformation/shop-network',
      'high',
      'The update of stack shop-network failed',
    ],
    [
      'cloudformation/rollback-failed-firing',
      'alarm-raised',
      'cloudformation/shop-network',
      'critical',
      'Stack shop-network is stuck: its rollback failed',
    ],
  ])('%s: state, resource, severity and title', (path, ...expected) => {
    expect(told(path)).toEqual(expected);
  });

  it.each([
    ['codepipeline/execution-failed-firing', 'codepipeline/execution-succeeded-resolved'],
    ['codebuild/build-failed-firing', 'codebuild/build-succeeded-resolved'],
    ['codedeploy/deployment-failed-firing', 'codedeploy/deployment-succeeded-resolved'],
    ['ecs/task-exited-firing', 'ecs/service-steady-resolved'],
    ['ecs/deployment-failed-firing', 'ecs/deployment-completed-resolved'],
    ['batch/job-failed-firing', 'batch/job-succeeded-resolved'],
    ['lambda/invocation-failed-firing', 'lambda/invocation-succeeded-resolved'],
    ['rds/instance-out-of-storage-firing', 'rds/instance-storage-grown-resolved'],
    ['rds/instance-failover-firing', 'rds/instance-failover-completed-resolved'],
    ['health/issue-open-firing', 'health/issue-closed-resolved'],
    ['cloudformation/update-rolled-back-firing', 'cloudformation/update-complete-resolved'],
  ])('%s is ended by %s', (began, ended) => {
    expect(identify(signalOf(ended)).intakeKey).toBe(identify(signalOf(began)).intakeKey);
  });

  it.each([
    ['rds/instance-out-of-storage-firing', 'rds/instance-failover-completed-resolved'],
    ['ecs/task-exited-firing', 'batch/job-succeeded-resolved'],
  ])('%s is not ended by %s', (began, ended) => {
    expect(identify(signalOf(ended)).intakeKey).not.toBe(identify(signalOf(began)).intakeKey);
  });

  it('keeps what the event says of the cause', () => {
    expect(signalOf('ecs/task-out-of-memory-firing').tainted.reason).toContain(
      'Container orders: exit code 137, OutOfMemoryError: Container killed due to memory usage',
    );
    expect(signalOf('codebuild/build-failed-firing').tainted.reason).toContain('BUILD: COMMAND_EXECUTION_ERROR');
    expect(signalOf('lambda/invocation-failed-firing').tainted.reason).toContain(
      'at totalOf (/var/task/invoices.js:41:17)',
    );
    expect(signalOf('cloudformation/update-rolled-back-firing').tainted.reason).toContain('[OrdersQueue]');
  });

  it('tells the same resource of two accounts or regions apart, in identity and in storms', () => {
    const path = 'codepipeline/execution-failed-firing';
    const [here, account, region] = [
      signalOf(path),
      signalOf(path, { account: '444455556666' }),
      signalOf(path, { region: 'us-east-1' }),
    ];
    expect(new Set([here, account, region].map((one) => identify(one).intakeKey)).size).toBe(3);
    const home = { partition: 'aws', account: '123456789012', region: 'eu-central-1' };
    expect([here, account, region].map((one) => stormScopeOf(one.target, home))).toEqual([
      'alert-123456789012-eu-central-1',
      'foreign-alarms',
      'foreign-alarms',
    ]);
  });

  it('starts an issue of AWS Health when AWS says that it began, and reads both ways to write it', () => {
    const path = 'health/issue-open-firing';
    expect(signalOf(path).occurredAt).toBe('2026-11-20T09:05:00.000Z');
    const detail = { ...sample(path).detail, startTime: '2026-11-20T09:05:00Z' };
    expect(signalOf(path, { detail }).occurredAt).toBe('2026-11-20T09:05:00.000Z');
  });

  it('reads an RDS event of a new number by its category', () => {
    const detail = {
      ...sample('rds/instance-backup-ignored').detail,
      EventID: 'RDS-EVENT-9999',
      EventCategories: ['failure'],
    };
    expect(signalOf('rds/instance-backup-ignored', { detail }).kind).toBe('alarm-raised');
  });

  it('takes a one-off task of ECS that ends without an error for the end of its trouble', () => {
    const path = 'ecs/task-exited-firing';
    const family = { ...sample(path).detail, group: 'family:nightly-report' };
    const containers = [{ name: 'report', exitCode: 0 }];
    const [failed, done] = [signalOf(path, { detail: family }), signalOf(path, { detail: { ...family, containers } })];
    expect([failed.kind, done.kind]).toEqual(['alarm-raised', 'alarm-cleared']);
    expect(identify(done).intakeKey).toBe(identify(failed).intakeKey);
  });

  it('names what is wrong with an event that is none of its service', () => {
    expect(translate('ecs/task-exited-firing', { detail: { lastStatus: 7 } })).toMatchObject({ kind: 'rejected' });
    expect(translate('rds/instance-out-of-storage-firing', { account: 'not-an-account' })).toEqual({
      kind: 'rejected',
      reason: 'account: Must be an account of 12 digits',
    });
    expect(
      translate('health/issue-open-firing', {
        detail: { ...sample('health/issue-open-firing').detail, startTime: 'soon' },
      }),
    ).toEqual({ kind: 'rejected', reason: 'detail.startTime: Must be an instant' });
  });

  it.each(AWS_EVENT_SOURCES)('%s links to a page of the console, or of AWS Health', (id) => {
    for (const name of readdirSync(join(EVENTS, id)).filter((one) => one.includes('-firing'))) {
      const { target } = signalOf(`${id}/${name.replace('.json', '')}`);
      expect(target.kind === 'alert' && target.url).toMatch(
        /^https:\/\/(?:[a-z0-9-]+\.)?(?:console|health)\.aws\.amazon\.com\//,
      );
    }
  });

  it('links to the console of its partition', () => {
    const path = 'codepipeline/execution-failed-firing';
    for (const [region, host] of [
      ['cn-north-1', 'cn-north-1.console.amazonaws.cn'],
      ['us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
    ] as const) {
      const { target } = signalOf(path, { region });
      expect(new URL((target.kind === 'alert' && target.url) || '').host).toBe(host);
    }
  });
});

describe('the build that an event names', () => {
  const buildOf = (path: string, detail: object = {}) => {
    const { target } = signalOf(path, { detail: { ...sample(path).detail, ...detail } });
    return target.kind === 'alert' ? target.build : null;
  };

  it('is the execution of a pipeline, and the build of a project that no pipeline started', () => {
    expect(buildOf('codepipeline/execution-failed-firing')).toEqual({
      kind: 'pipeline-execution',
      pipeline: 'shop-release',
      execution: '01234567-89ab-4cde-8000-000000000001',
    });
    expect(buildOf('codebuild/build-failed-firing')).toBeUndefined();
    const byPerson = { 'additional-information': { initiator: 'ada' } };
    expect(buildOf('codebuild/build-failed-firing', byPerson)).toEqual({
      kind: 'codebuild-build',
      project: 'checkout-images',
      build: '5e1f4ea1-0000-4000-8000-000000000001',
    });
    expect(buildOf('codebuild/build-succeeded-resolved', byPerson)).toBeUndefined();
  });

  it('is none where a name could be read as a pattern or the id names another project', () => {
    expect(buildOf('codepipeline/execution-failed-firing', { pipeline: 'shop*' })).toBeUndefined();
    const about = { 'additional-information': { initiator: 'ada' } };
    expect(buildOf('codebuild/build-failed-firing', { ...about, 'project-name': 'other' })).toBeUndefined();
  });
});
