import { Refused } from '@selfheal/kernel/errors.ts';
import type { ResourceState } from '@selfheal/log-reading/logs/resource-state.ts';
import { describe, expect, it } from 'vitest';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { ACTIONS, actionOf } from '#shared/plugins/actions/registry.ts';
import { aConfiguration, aService, aTelemetry, redactedText, someAlarmFacts } from '#test/builders/index.ts';
import { anActionWorld, fittingContext } from './action-world.ts';
import { remediedService, someResources } from './remedy-world.ts';

const REMEDIES = ACTIONS.filter(({ id }) => remediedService(id) !== null);
const plugin = (id: string) => actionOf(id) as ActionPlugin;
const contextOf = (id: string) => fittingContext(plugin(id).family, id);

/** The fitting context with what was read changed. */
function proposedWith(id: string, change: Partial<Record<ResourceState['kind'], object>>) {
  const resources = someResources().map((one) => ({ ...one, ...change[one.kind] }) as ResourceState);
  const telemetry = aTelemetry({ facts: someAlarmFacts({ deployment: null, resources }) });
  return plugin(id).propose({ ...contextOf(id), telemetry });
}
const parametersOf = (id: string) => {
  const [proposal] = plugin(id).propose(contextOf(id));
  return plugin(id).parameters.parse(proposal?.parameters);
};

const NAMES = ['service', 'functionName', 'group', 'instance', 'cluster'];
const underOtherNames = (one: ResourceState) =>
  Object.fromEntries(
    Object.entries(one).map(([key, value]) => [key, NAMES.includes(key) ? 'x' : value]),
  ) as ResourceState;

describe.each(REMEDIES.map((action) => [action.id, action] as const))('%s', (id, action) => {
  it.each([
    ['when the alarm is OK', { state: 'OK' as const }],
    ['when the alarm has no data', { state: 'INSUFFICIENT_DATA' as const }],
    ['when what it changes could not be read', { resources: [] }],
    ['when something else was read', { resources: someResources().map(underOtherNames) }],
  ])('is not proposed %s', (_when, facts) => {
    const telemetry = aTelemetry({
      facts: { ...someAlarmFacts({ deployment: null, resources: someResources() }), ...facts },
    });
    expect(action.propose({ ...contextOf(id), telemetry })).toEqual([]);
  });

  it('is not proposed for an alarm that its owner does not name, or for a service that does not list it', () => {
    const [listed] = remediedService(id)?.remedies ?? [];
    const { deployment } = remediedService(id) ?? {};
    const alarms = ['checkout-errors', 'other'];
    const elsewhere = aService({ alarms, deployment, remedies: [{ ...listed, alarms: ['other'] } as never] });
    expect(action.propose({ ...contextOf(id), service: elsewhere })).toEqual([]);
    expect(action.propose({ ...contextOf(id), service: aService({ deployment }) })).toEqual([]);
    expect(action.propose({ ...contextOf(id), service: null })).toEqual([]);
  });

  it('acts by itself at first only where it can be taken back and risks little; otherwise a person is asked', () => {
    const [proposal] = action.propose(contextOf(id));
    const { policy } = aConfiguration();
    const alone =
      (proposal?.confidence ?? 1) >= policy.actAtConfidence && !policy.approvalRequiredRisks.includes(action.risk);
    expect(alone).toBe(action.risk === 'low' && action.undo !== undefined);
    expect(proposal?.confidence).toBeGreaterThanOrEqual(policy.escalateBelowConfidence);
  });

  it('may change only what the catalogue lists for it, and nothing by undoing that it may not change by executing', () => {
    const grants = action.grants(contextOf(id).configuration);
    // A right may be delegated to a function that takes less than the call: it changes, and changes back.
    const delegated = Object.values(grants.delegated ?? {}).flat();
    const execute = delegated.length === 0 ? grants.execute : delegated.slice(0, 1);
    const undo = delegated.length === 0 ? grants.undo : delegated.slice(1);
    expect(execute).toHaveLength(1);
    expect(execute[0]?.actions).toHaveLength(1);
    expect(execute[0]?.resources).toHaveLength(1);
    expect(execute[0]?.resources[0]).toMatch(
      /(shop\/checkout|function:worker|Name\/nodes|db:db|cluster:aurora|pg:mysql)$/,
    );
    for (const { actions, resources } of undo.filter(
      (one) => !one.actions.some((name) => /:(Describe|Get)/.test(name)),
    )) {
      expect(resources).toEqual(execute[0]?.resources);
      expect(actions).toHaveLength(1);
    }
  });

  it.skipIf(id === 'reboot-rds-instance')(
    'fails verification when somebody else took over and the alarm stays',
    async () => {
      const { ports, state } = anActionWorld(id);
      const parameters = parametersOf(id);
      const receipt = await action.execute(parameters, ports);
      for (const one of state.resources) Object.assign(one, SOMEBODY_ELSES);
      const { target, configuration } = contextOf(id);
      const verified = await action.verify(parameters, receipt, { ports, target, configuration, poll: 1 });
      expect(verified.state).toBe('failed');
    },
  );

  // AWS itself refuses a second refresh or restart.
  const isRefusedByAws = id === 'refresh-instances' || id === 'reboot-rds-instance';
  it.skipIf(isRefusedByAws)('executes nothing over what somebody else changed right before', async () => {
    const { ports, state } = anActionWorld(id);
    for (const one of state.resources) Object.assign(one, SOMEBODY_ELSES);
    const parameters = parametersOf(id);
    expect((await action.observe(parameters, ports)).kind).toBe('superseded');
    await expect(action.execute(parameters, ports)).rejects.toThrow(Refused);
    expect(state.effects).toEqual([]);
  });
});

const SOMEBODY_ELSES = {
  taskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:9',
  deploymentId: 'ecs-svc/1000000000000000009',
  desiredCount: 7,
  memoryMb: 3008,
  revisionId: 'revision-9',
  reservedConcurrency: 99,
  desiredCapacity: 6,
  refresh: { id: 'refresh-9', status: 'Failed' },
  value: 999,
  instanceClass: 'db.t4g.small',
  capacity: { min: 0.5, max: 99 },
};

describe('preconditions', () => {
  it.each([
    ['scale-ecs-service', { 'ecs-service': {} }, 1],
    ['scale-ecs-service', { 'ecs-service': { settled: false } }, 0],
    ['scale-ecs-service', { 'ecs-service': { runningCount: 2 } }, 0],
    ['scale-ecs-service', { 'ecs-service': { desiredCount: 0, runningCount: 0 } }, 0],
    ['scale-ecs-service', { 'ecs-service': { desiredCount: 8, runningCount: 8 } }, 0],
    ['scale-ecs-service', { 'ecs-service': { desiredCount: 9, runningCount: 9 } }, 0],
    ['redeploy-ecs-service', { 'ecs-service': {} }, 1],
    ['redeploy-ecs-service', { 'ecs-service': { settled: false } }, 0],
    ['redeploy-ecs-service', { 'ecs-service': { desiredCount: 0 } }, 0],
    ['raise-lambda-memory', { 'lambda-function': {} }, 1],
    ['raise-lambda-memory', { 'lambda-function': { settled: false } }, 0],
    ['raise-lambda-memory', { 'lambda-function': { memoryMb: 2048 } }, 0],
    ['set-lambda-concurrency', { 'lambda-function': {} }, 1],
    ['set-lambda-concurrency', { 'lambda-function': { reservedConcurrency: null } }, 0],
    ['set-lambda-concurrency', { 'lambda-function': { reservedConcurrency: 0 } }, 0],
    ['set-lambda-concurrency', { 'lambda-function': { reservedConcurrency: 40 } }, 0],
    ['scale-auto-scaling-group', { 'auto-scaling-group': {} }, 1],
    ['scale-auto-scaling-group', { 'auto-scaling-group': { healthyInstances: 2 } }, 0],
    ['scale-auto-scaling-group', { 'auto-scaling-group': { maxSize: 3 } }, 0],
    ['scale-auto-scaling-group', { 'auto-scaling-group': { refresh: { id: 'r', status: 'InProgress' } } }, 0],
    ['refresh-instances', { 'auto-scaling-group': { refresh: null } }, 1],
    ['refresh-instances', { 'auto-scaling-group': { refresh: { id: 'r', status: 'Cancelling' } } }, 0],
    ['reboot-rds-instance', { 'rds-instance': { restartedAt: null } }, 1],
    ['reboot-rds-instance', { 'rds-instance': { status: 'backing-up' } }, 0],
    ['scale-rds-instance', { 'rds-instance': {} }, 1],
    ['scale-rds-instance', { 'rds-instance': { status: 'modifying' } }, 0],
    ['scale-rds-instance', { 'rds-instance': { nextClass: 'db.r8g.xlarge' } }, 0],
    ['scale-rds-instance', { 'rds-instance': { nextClass: undefined } }, 0],
    ['scale-rds-instance', { 'rds-instance': { instanceClass: 'db.r8g.xlarge' } }, 0],
    ['scale-rds-instance', { 'rds-instance': { instanceClass: 'db.t4g.small' } }, 0],
    ['scale-aurora-cluster', { 'aurora-cluster': {} }, 1],
    ['scale-aurora-cluster', { 'aurora-cluster': { status: 'modifying' } }, 0],
    ['scale-aurora-cluster', { 'aurora-cluster': { capacity: null } }, 0],
    ['scale-aurora-cluster', { 'aurora-cluster': { capacity: { min: 0.5, max: 16 } } }, 0],
    ['change-rds-parameter', { 'rds-parameter': {} }, 1],
    ['change-rds-parameter', { 'rds-parameter': { dynamic: false } }, 0],
    ['change-rds-parameter', { 'rds-parameter': { inUse: false } }, 0],
    ['change-rds-parameter', { 'rds-parameter': { value: null } }, 0],
    ['change-rds-parameter', { 'rds-parameter': { value: 300 } }, 0],
  ] as const)('%s with %j is proposed %i times', (id, change, count) => {
    expect(proposedWith(id, change)).toHaveLength(count);
  });

  it.each([
    ['scale-ecs-service', { 'ecs-service': { desiredCount: 7, runningCount: 7 } }, { from: 7, to: 8 }],
    ['raise-lambda-memory', { 'lambda-function': { memoryMb: 1536 } }, { from: 1536, to: 2048 }],
    ['scale-auto-scaling-group', { 'auto-scaling-group': { maxSize: 4 } }, { from: 3, to: 4 }],
    ['change-rds-parameter', { 'rds-parameter': { value: 290 } }, { from: 290, to: 300 }],
    ['scale-aurora-cluster', { 'aurora-cluster': { capacity: { min: 0.5, max: 13.5 } } }, { from: 13.5, to: 16 }],
  ] as const)('%s stays within its bounds', (id, change, expected) => {
    expect(proposedWith(id, change)[0]?.parameters).toMatchObject(expected);
  });
});

describe('taking back', () => {
  it.each(REMEDIES.filter(({ undo }) => undo !== undefined).map(({ id }) => id))(
    '%s leaves alone what somebody else changed since',
    async (id) => {
      const { ports, state } = anActionWorld(id);
      const parameters = parametersOf(id);
      const receipt = await plugin(id).execute(parameters, ports);
      const effects = state.effects.length;
      for (const one of state.resources) Object.assign(one, SOMEBODY_ELSES);
      expect(await plugin(id).undo?.(parameters, receipt, ports)).toMatch(/left unchanged|nothing left to cancel/);
      expect(state.effects).toHaveLength(effects);
    },
  );

  it('does not put memory back over a change that slipped in between', async () => {
    const { ports, state } = anActionWorld('raise-lambda-memory');
    const parameters = parametersOf('raise-lambda-memory');
    state.resources = state.resources.map((one) =>
      one.kind === 'lambda-function' ? { ...one, revisionId: 'other' } : one,
    );
    await expect(plugin('raise-lambda-memory').execute(parameters, ports)).rejects.toThrow(Refused);
    expect((await plugin('raise-lambda-memory').observe(parameters, ports)).kind).toBe('superseded');
  });
});

describe('a database that is being restarted', () => {
  it('counts as restarted, is watched until it is available, and is not restarted for an old restart', async () => {
    const { ports, state } = anActionWorld('reboot-rds-instance');
    const action = plugin('reboot-rds-instance');
    const parameters = parametersOf('reboot-rds-instance');
    const set = (change: object) => {
      for (const one of state.resources) if (one.kind === 'rds-instance') Object.assign(one, change);
    };
    set({ status: 'rebooting' });
    expect((await action.observe(parameters, ports)).kind).toBe('happened');
    const { target, configuration } = contextOf('reboot-rds-instance');
    const receipt = { summary: redactedText(''), at: '2026-11-21T12:00:00.000Z', facts: {} };
    const look = () => action.verify(parameters, receipt, { ports, target, configuration, poll: 1 });
    expect(await look()).toMatchObject({ state: 'pending', summary: expect.stringContaining('rebooting') });
    set({ status: 'available', restartedAt: '2026-11-20T12:00:00.000Z' });
    expect((await action.observe(parameters, ports)).kind).toBe('not-started');
    set({ status: 'storage-full' });
    expect((await action.observe(parameters, ports)).kind).toBe('superseded');
  });
});

describe('a database of another size', () => {
  it.each(['scale-rds-instance', 'scale-aurora-cluster'])(
    '[D47] %s is approved by a person, whatever policy allows',
    (id) => {
      expect(plugin(id).approvalReason?.(parametersOf(id))).toContain('costs more');
    },
  );

  it('[D47] is watched until the database runs in its new class, whatever the alarm says meanwhile', async () => {
    const { ports, state } = anActionWorld('scale-rds-instance');
    const action = plugin('scale-rds-instance');
    const parameters = parametersOf('scale-rds-instance');
    const set = (change: object) => {
      for (const one of state.resources) if (one.kind === 'rds-instance') Object.assign(one, change);
    };
    const { target, configuration } = contextOf('scale-rds-instance');
    const receipt = await action.execute(parameters, ports);
    const look = () => action.verify(parameters, receipt, { ports, target, configuration, poll: 1 });
    set({ instanceClass: 'db.r8g.large', nextClass: 'db.r8g.xlarge' });
    expect((await action.observe(parameters, ports)).kind).toBe('happened');
    expect(await look()).toMatchObject({ state: 'pending', summary: expect.stringContaining('db.r8g.xlarge') });
    set({ instanceClass: 'db.r8g.xlarge', nextClass: null, status: 'configuring-enhanced-monitoring' });
    expect(await look()).toMatchObject({ state: 'pending', summary: expect.stringContaining('configuring') });
    set({ status: 'available' });
    expect(await look()).toMatchObject({ summary: expect.stringContaining('alarm') });
    expect(action.schedule(configuration).maxPolls).toBeGreaterThan(
      plugin('reboot-rds-instance').schedule(configuration).maxPolls,
    );
  });

  it('leaves the lower bound of a cluster where somebody else put it, and does not go below it', async () => {
    const { ports, state } = anActionWorld('scale-aurora-cluster');
    const action = plugin('scale-aurora-cluster');
    const parameters = parametersOf('scale-aurora-cluster');
    const receipt = await action.execute(parameters, ports);
    const set = (min: number) => {
      for (const one of state.resources) if (one.kind === 'aurora-cluster') one.capacity = { min, max: 8 };
    };
    set(6);
    await expect(action.undo?.(parameters, receipt, ports)).rejects.toThrow(Refused);
    set(2);
    expect(await action.undo?.(parameters, receipt, ports)).toContain('back to 4');
    expect(state.effects).toEqual(['units:0.5-8', 'units:2-4']);
  });

  it.each([
    ['scale-rds-instance', { instance: 'db', classes: ['db.r8g.large'] }],
    ['scale-rds-instance', { instance: 'db', classes: ['db.r8g.large', 'db.r8g.large'] }],
    ['scale-rds-instance', { instance: 'db', classes: ['db.r8g.large', 'db.serverless'] }],
    ['scale-aurora-cluster', { auroraCluster: 'aurora', step: 0.3, maxCapacity: 16 }],
    ['scale-aurora-cluster', { auroraCluster: 'aurora', step: 4, maxCapacity: 512 }],
    ['scale-aurora-cluster', { auroraCluster: 'aurora', maxCapacity: 16 }],
  ])('cannot be listed without sound bounds: %s %j', (id, bounds) => {
    const { remedy } = plugin(id);
    expect(remedy?.entry.safeParse({ action: id, alarms: ['a'], ...bounds }).success).toBe(false);
  });
});
