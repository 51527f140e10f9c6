import { Refused } from '@selfheal/kernel/errors.ts';
import type { AlarmFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { describe, expect, it } from 'vitest';
import { judgeAlarm } from '#shared/plugins/actions/common/alarm-verification.ts';
import { rollbackEcsService } from '#shared/plugins/actions/rollback-ecs-service/index.ts';
import { rollbackLambdaAlias } from '#shared/plugins/actions/rollback-lambda-alias/index.ts';
import {
  aConfiguration,
  aLambdaDeployment,
  anAlarmTarget,
  anEcsDeployment,
  aService,
  aTelemetry,
  redactedText,
  someAlarmFacts,
} from '#test/builders/index.ts';
import { anActionWorld, fittingContext } from './action-world.ts';

const alias = {
  functionName: 'checkout',
  alias: 'live',
  fromVersion: '8',
  toVersion: '7',
  revisionId: 'revision-8',
  alarmName: 'checkout-errors',
};
const receipt = { summary: redactedText('Rolled back.'), at: '2026-11-21T12:00:00.000Z', facts: {} };
const telemetry = (facts: Partial<AlarmFacts>) => aTelemetry({ facts: someAlarmFacts(facts) });
const deployedAt = (at: string | null) => telemetry({ deployment: aLambdaDeployment({ deployedAt: at }) });

describe('proposing to point an alias back', () => {
  it.each([
    ['right after the deployment', {}, 1],
    ['when the alarm is OK', { telemetry: telemetry({ state: 'OK' }) }, 0],
    ['when the alarm has no data', { telemetry: telemetry({ state: 'INSUFFICIENT_DATA' }) }, 0],
    ['for an alarm of nobody', { service: null }, 0],
    ['for a service that is not deployed', { service: aService({ deployment: null }) }, 0],
    [
      'for another alias than the catalogue names',
      { service: aService({ deployment: { kind: 'lambda-alias', functionName: 'checkout', alias: 'beta' } }) },
      0,
    ],
    ['when nothing was read', { telemetry: telemetry({ deployment: null }) }, 0],
    [
      'without a version before',
      { telemetry: telemetry({ deployment: aLambdaDeployment({ previousVersion: null }) }) },
      0,
    ],
    ['for $LATEST', { telemetry: telemetry({ deployment: aLambdaDeployment({ currentVersion: '$LATEST' }) }) }, 0],
    ['a day later', { telemetry: deployedAt('2026-11-20T11:58:00.000Z') }, 1],
    ['more than a day later', { telemetry: deployedAt('2026-11-20T11:57:59.000Z') }, 0],
    ['for a deployment after the alarm', { telemetry: deployedAt('2026-11-21T11:58:01.000Z') }, 0],
    ['for a deployment of unknown time', { telemetry: deployedAt(null) }, 0],
  ] as const)('%s', (_when, change, count) => {
    expect(rollbackLambdaAlias.propose({ ...fittingContext('lambda'), ...change })).toHaveLength(count);
  });

  it('is the surer the sooner the alarm followed', () => {
    const confidence = (at: string) =>
      rollbackLambdaAlias.propose({ ...fittingContext('lambda'), telemetry: deployedAt(at) })[0]?.confidence;
    expect(confidence('2026-11-21T11:50:00Z')).toBe(0.95);
    expect(confidence('2026-11-21T07:00:00Z')).toBe(0.88);
    expect(confidence('2026-11-20T13:00:00Z')).toBe(0.7);
  });
});

describe('pointing an alias back', () => {
  it('is refused by the fence when the alias changed since the plan', async () => {
    const { ports, state } = anActionWorld();
    state.alias = { ...state.alias, revisionId: 'revision-9' };
    expect((await rollbackLambdaAlias.observe(alias, ports)).kind).toBe('superseded');
    await expect(rollbackLambdaAlias.execute(alias, ports)).rejects.toThrow(Refused);
    expect(state.effects).toEqual([]);
  });

  it('fails verification when somebody else moves the alias on and the alarm stays', async () => {
    const { ports, state } = anActionWorld();
    state.alias = { ...state.alias, currentVersion: '9' };
    const context = { ports, target: anAlarmTarget(), configuration: aConfiguration(), poll: 1 };
    expect((await rollbackLambdaAlias.verify(alias, receipt, context)).state).toBe('failed');
  });

  it('leaves alone on undo what somebody else deployed', async () => {
    const { ports, state } = anActionWorld();
    state.alias = { ...state.alias, currentVersion: '9' };
    expect(await rollbackLambdaAlias.undo?.(alias, receipt, ports)).toContain('left unchanged');
    expect(state.effects).toEqual([]);
  });
});

describe('deploying the task definition before', () => {
  const parameters = {
    cluster: 'shop',
    service: 'checkout',
    fromTaskDefinition: anEcsDeployment().currentTaskDefinition,
    toTaskDefinition: anEcsDeployment().previousTaskDefinition as string,
    alarmName: 'checkout-errors',
  };

  it('is not proposed across task definition families', () => {
    const foreign = anEcsDeployment({
      previousTaskDefinition: parameters.toTaskDefinition.replace('checkout:', 'other:'),
    });
    const context = { ...fittingContext('ecs'), telemetry: telemetry({ deployment: foreign }) };
    expect(rollbackEcsService.propose(context)).toEqual([]);
  });

  it('is superseded by somebody else’s deployment, which undo leaves alone', async () => {
    const { ports, state } = anActionWorld();
    state.ecs = anEcsDeployment({ currentTaskDefinition: parameters.fromTaskDefinition.replace(':8', ':9') });
    expect((await rollbackEcsService.observe(parameters, ports)).kind).toBe('superseded');
    expect(await rollbackEcsService.undo?.(parameters, receipt, ports)).toContain('left unchanged');
    expect(state.effects).toEqual([]);
  });

  it('deploys nothing over what somebody else deployed right before', async () => {
    const { state, ports } = anActionWorld();
    state.ecs = anEcsDeployment({ currentTaskDefinition: parameters.fromTaskDefinition.replace(':8', ':9') });
    await expect(rollbackEcsService.execute(parameters, ports)).rejects.toThrow(Refused);
    expect(state.effects).toEqual([]);
  });

  it('may pass only the roles of the catalogue, and only to ECS tasks', () => {
    const { execute } = rollbackEcsService.grants(fittingContext('ecs').configuration);
    expect(execute.find(({ actions }) => actions.includes('iam:PassRole'))).toEqual({
      actions: ['iam:PassRole'],
      resources: ['arn:aws:iam::123456789012:role/checkout-task'],
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    });
  });
});

describe('an alarm after an action', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const configuration = aConfiguration({ verification: { alarmIntervalSeconds: 30, alarmOkPolls: 3 } });

  it.each([
    [null, 'pending'],
    [{ state: 'ALARM', since: '2026-11-21T11:00:00Z' }, 'pending'],
    [{ state: 'INSUFFICIENT_DATA', since: '2026-11-21T11:00:00Z' }, 'pending'],
    [{ state: 'OK', since: '2026-11-21T11:59:01Z' }, 'pending'],
    [{ state: 'OK', since: '2026-11-21T11:59:00Z' }, 'recovered'],
    [{ state: 'OK', since: null }, 'pending'],
  ] as const)('%j is %s', (alarm, state) => {
    expect(judgeAlarm(alarm, now, configuration).state).toBe(state);
  });
});
