import type * as z from 'zod';
import type { AllowedEndpoint } from '#shared/domain/playbook/http-endpoints.ts';
import type { Playbook } from '#shared/domain/playbook/playbook.ts';
import type { Automation } from '#shared/ports/playbook-effects.ts';
import { anApiCall, anSsmDocument, anSsmParameter, ENDPOINTS } from '#test/builders/index.ts';
import { fakeAutomations, fakeEndpoints, fakeParameters } from '#test/fakes/index.ts';

type Written = z.input<typeof Playbook>;

/** One playbook of each kind, with the values that the service gives it. */
const WRITTEN: readonly { readonly playbook: Written; readonly given: Record<string, string> }[] = [
  {
    playbook: anApiCall({
      reversibility: 'reversible',
      undo: { endpoint: 'jobs:/jobs/{job}/runs/{key}', method: 'DELETE' },
    }),
    given: { job: 'nightly' },
  },
  { playbook: anSsmDocument(), given: { unit: 'web' } },
  { playbook: anSsmParameter(), given: {} },
];
export const PLAYBOOKS: readonly string[] = WRITTEN.map(({ playbook }) => playbook.id);

interface Allowing {
  readonly http: { allowedEndpoints: AllowedEndpoint[] };
  readonly playbooks: Written[];
  readonly allowed: { id: string; with: Record<string, string> }[];
}

/** What a service that allows just this playbook has in its configuration; nothing for an action that is none. */
export function allowing(actionId: string): Allowing {
  const found = WRITTEN.filter(({ playbook }) => playbook.id === actionId);
  return {
    http: { allowedEndpoints: [...ENDPOINTS] },
    playbooks: found.map(({ playbook }) => playbook),
    allowed: found.map(({ playbook, given }) => ({ id: playbook.id, with: given })),
  };
}

/** A job service, Systems Manager and a parameter, as small as they can be. `effects` hears of what changed. */
export function playbookPorts(effects: string[], now: () => Date) {
  const runs = new Set<string>();
  const automations: (Automation & { readonly token: string })[] = [];
  const parameter = { value: 'off' };
  return {
    parameter,
    ports: {
      endpoints: fakeEndpoints({
        read: async (endpoint) => ({ status: runs.has(endpoint) ? 200 : 404, body: null }),
        send: async ({ method, endpoint }) => {
          effects.push(method === 'DELETE' ? 'job-cancelled' : 'job');
          if (method === 'DELETE') runs.delete(endpoint);
          else runs.add(endpoint);
          return { status: 200, body: {} };
        },
      }),
      automations: fakeAutomations({
        start: async ({ token, arguments: given }) => {
          const before = automations.find((one) => one.token === token);
          if (before !== undefined) return before.id;
          effects.push(`unit:${given.Unit}`);
          const id = `run-${automations.length}`;
          const startedAt = now().toISOString();
          automations.push({ id, state: 'succeeded', status: 'Success', startedAt, arguments: given, token });
          return id;
        },
        find: async (_document, since, given) =>
          automations.find(
            (one) => one.arguments.Unit === given.Unit && Date.parse(one.startedAt) >= since.getTime(),
          ) ?? null,
      }),
      parameters: fakeParameters({
        read: async () => parameter.value,
        write: async (_name, value) => {
          effects.push(`switched:${value}`);
          parameter.value = value;
        },
      }),
    },
  };
}
