import type * as z from 'zod';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import type { Playbook } from '#shared/domain/playbook/playbook.ts';
import type { ActionPlugin, ActionPorts } from '#shared/plugins/actions/contract.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import type { AlarmState } from '#shared/ports/cloud.ts';
import type { Automation, EndpointRequest } from '#shared/ports/playbook-effects.ts';
import {
  aClassification,
  aConfiguration,
  anAlarmTarget,
  anApiCall,
  anSsmDocument,
  anSsmParameter,
  aService,
  aTelemetry,
  ENDPOINTS,
  someAlarmFacts,
} from '#test/builders/index.ts';
import { fakeAlarms, fakeAutomations, fakeEndpoints, fakeParameters } from '#test/fakes/index.ts';
import { anActionWorld } from '../action-world.ts';

type Written = z.input<typeof Playbook>;
export const API_CALL = anApiCall({
  reversibility: 'reversible',
  undo: { endpoint: 'jobs:/jobs/{job}/runs/{key}', method: 'DELETE' },
  verify: {
    endpoint: 'jobs:/jobs/{job}/runs/{key}',
    success: { field: 'state', in: ['done'] },
    failed: { field: 'state', in: ['failed'] },
  },
});
export const DOCUMENT = anSsmDocument({
  reversibility: 'reversible',
  undo: { document: 'Acme-RestartUnit', arguments: { Unit: 'before' } },
  role: 'arn:aws:iam::123456789012:role/acme',
});
export const PARAMETER = anSsmParameter();
export const WITH: Readonly<Record<string, z.input<typeof Service>['playbooks']>> = {
  'start-job': [{ id: 'start-job', with: { job: 'nightly' } }],
  'restart-unit': [{ id: 'restart-unit', with: { unit: 'web' } }],
  'switch-on': ['switch-on'],
};

export const serviceOf = (id: string) => aService({ deployment: null, playbooks: WITH[id] });
export const configurationOf = (...written: Written[]) =>
  aConfiguration({
    http: { allowedEndpoints: [...ENDPOINTS] },
    playbooks: written,
    services: [{ id: 'checkout', alarms: ['checkout-errors'], playbooks: written.flatMap(({ id }) => WITH[id] ?? []) }],
  });

/** The action that is made of a playbook which the service allows. */
export function actionFor(written: Written): ActionPlugin {
  const found = actionsOf(configurationOf(written)).find(({ id }) => id === written.id);
  if (found === undefined) throw new Error(`No action was made of ${written.id}.`);
  return found;
}

/** The ringing alarm of that service. */
export const contextOf = (written: Written, change: object = {}) => ({
  target: anAlarmTarget(),
  telemetry: aTelemetry({ facts: someAlarmFacts({ deployment: null }) }),
  classification: aClassification(),
  service: serviceOf(written.id),
  configuration: configurationOf(written),
  now: new Date('2026-11-21T12:00:00Z'),
  ...change,
});

/** The proposed parameters, read back as those of a plan are. */
export function bound(written: Written): unknown {
  const action = actionFor(written);
  return action.parameters.parse(JSON.parse(JSON.stringify(action.propose(contextOf(written))[0]?.parameters)));
}

/** A job service, Systems Manager and an alarm, as small as they can be. */
export function aPlaybookWorld() {
  const { ports: others, clock } = anActionWorld();
  const state = {
    runs: new Map<string, { state: string }>(),
    automations: [] as (Automation & { token: string })[],
    parameter: 'off' as string | null,
    alarm: { state: 'ALARM', since: '2026-11-21T11:58:00.000Z' } as AlarmState,
    sent: [] as (EndpointRequest | string)[],
  };
  const ports: ActionPorts = {
    ...others,
    alarms: fakeAlarms({ read: async () => state.alarm }),
    endpoints: fakeEndpoints({
      read: async (endpoint) => {
        const run = state.runs.get(endpoint);
        return { status: run === undefined ? 404 : 200, body: run ?? null };
      },
      send: async (request) => {
        state.sent.push(request);
        if (request.method === 'DELETE') state.runs.delete(request.endpoint);
        else state.runs.set(request.endpoint, { state: 'running' });
        return { status: 200, body: {} };
      },
    }),
    automations: fakeAutomations({
      start: async ({ token, arguments: given }) => {
        const before = state.automations.find((one) => one.token === token);
        if (before !== undefined) return before.id;
        state.sent.push(given.Unit ?? '');
        const id = `run-${state.automations.length}`;
        const startedAt = clock.now().toISOString();
        state.automations.push({ id, state: 'running', status: 'InProgress', startedAt, arguments: given, token });
        return id;
      },
      find: async (_document, _since, given) =>
        state.automations.find((one) => one.arguments.Unit === given.Unit) ?? null,
    }),
    parameters: fakeParameters({
      read: async () => state.parameter,
      write: async (_name, value) => {
        state.sent.push(value);
        state.parameter = value;
      },
    }),
  };
  const endWell = () => {
    for (const run of state.runs.values()) run.state = 'done';
    state.automations = state.automations.map((one) => ({ ...one, state: 'succeeded', status: 'Success' }));
  };
  const heal = () => {
    state.alarm = { state: 'OK', since: clock.now().toISOString() };
    clock.advance(3_600_000);
  };
  return { state, ports, clock, endWell, heal };
}
