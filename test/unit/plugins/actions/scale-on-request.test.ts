import { describe, expect, it } from 'vitest';
import type { RequestedAction } from '#shared/domain/incident/action-request.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { scaleAutoScalingGroup } from '#shared/plugins/actions/scale-auto-scaling-group/index.ts';
import { scaleEcsService } from '#shared/plugins/actions/scale-ecs-service/index.ts';
import { someAlarmFacts } from '#test/builders/index.ts';
import { anActionWorld, fittingContext } from './action-world.ts';

/** The context in which the action fits, with a request, its alarm in this state, and its remedy changed. */
function contextOf(
  action: ActionPlugin,
  {
    requested = null,
    state = 'ALARM',
    remedy = {},
  }: { requested?: RequestedAction | null; state?: 'ALARM' | 'OK'; remedy?: object } = {},
) {
  const context = fittingContext(action.family, action.id);
  const { facts } = context.telemetry;
  if (context.service === null || facts.kind !== 'alarm') throw new Error('It is about a service.');
  return {
    ...context,
    requested,
    service: { ...context.service, remedies: context.service.remedies.map((one) => ({ ...one, ...remedy })) },
    telemetry: { ...context.telemetry, facts: someAlarmFacts({ ...facts, state }) },
  };
}

describe.each([
  ['scale-ecs-service', scaleEcsService as ActionPlugin, 8],
  ['scale-auto-scaling-group', scaleAutoScalingGroup as ActionPlugin, 6],
])('%s', (actionId, action, max) => {
  const ask = (to: number | null): RequestedAction => ({ actionId, to });
  const proposed = (circumstances: Parameters<typeof contextOf>[1]) =>
    action.propose(contextOf(action, circumstances)).map(({ parameters }) => parameters);

  it('goes to the number that somebody asked for, up to the bound of its owner and never down', () => {
    expect(proposed({ requested: ask(5) })).toMatchObject([{ from: 3, to: 5 }]);
    expect(proposed({ requested: ask(max) })).toMatchObject([{ to: max }]);
    for (const to of [max + 1, 3, 2]) expect(proposed({ requested: ask(to) })).toEqual([]);
    expect(proposed({ requested: { actionId: 'another', to: max } })).not.toMatchObject([{ to: max }]);
  });

  it('waits for a ringing alarm unless its owner lets people ask and somebody did', () => {
    const [state, onRequest] = ['OK' as const, { onRequest: true }];
    expect(proposed({ state, requested: ask(5) })).toEqual([]);
    expect(proposed({ state, remedy: onRequest })).toEqual([]);
    expect(proposed({ state, remedy: onRequest, requested: { actionId: 'another', to: 5 } })).toEqual([]);
    expect(proposed({ state, remedy: onRequest, requested: ask(5) })).toMatchObject([{ to: 5, quiet: true }]);
  });

  it('shows nothing about whether it helps when the alarm was quiet', async () => {
    const world = anActionWorld(actionId);
    const [parameters] = proposed({ state: 'OK', remedy: { onRequest: true }, requested: ask(5) });
    world.state.alarm = { state: 'OK', since: '2026-11-20T00:00:00.000Z' };
    expect(await action.observe(parameters, world.ports)).toEqual({ kind: 'not-started' });
    const receipt = await action.execute(parameters, world.ports);
    const { target, configuration } = contextOf(action);
    const verified = await action.verify(parameters, receipt, { ports: world.ports, target, configuration, poll: 0 });
    expect(verified).toMatchObject({ state: 'recovered', inconclusive: true });
  });
});
