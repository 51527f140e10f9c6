import type * as z from 'zod';
import { AllowedEndpoint } from '#shared/domain/playbook/http-endpoints.ts';
import type { Playbook } from '#shared/domain/playbook/playbook.ts';

type Written = z.input<typeof Playbook>;
type Of<K extends Written['kind']> = Extract<Written, { kind: K }>;

export const ENDPOINTS = [
  AllowedEndpoint.parse({ name: 'jobs', url: 'https://jobs.example.com/api/' }),
  AllowedEndpoint.parse({ name: 'inside', url: 'http://inside.example.com:8080/', private: true }),
];

const common: Pick<Written, 'title' | 'risk' | 'reversibility' | 'confidence' | 'when'> = {
  title: 'Turn something on again',
  risk: 'low',
  reversibility: 'transient',
  confidence: 0.9,
  when: { classes: ['network_connectivity'] },
};

/** What is left out stays out. */
const changed = <W extends Written>(written: W, change: Partial<W>): W => ({ ...written, ...change });

/** As a user writes it: starts a job under a name of its own, which can be read back. */
export function anApiCall(change: Partial<Of<'api_call'>> = {}): Of<'api_call'> {
  const written: Of<'api_call'> = {
    ...common,
    id: 'start-job',
    description: 'Starts the job {job} again, under a new name.',
    kind: 'api_call',
    parameters: { job: { type: 'string', pattern: '[a-z-]{1,40}' } },
    endpoint: 'jobs:/jobs/{job}/runs/{key}',
    method: 'PUT',
    payload: { job: '{job}' },
    success: { status: [200, 201] },
    observe: {
      endpoint: 'jobs:/jobs/{job}/runs/{key}',
      done: { status: [200] },
      before: { status: [404] },
    },
  };
  return changed(written, change);
}

/** As a user writes it: restarts a unit by an own document. */
export function anSsmDocument(change: Partial<Of<'ssm_document'>> = {}): Of<'ssm_document'> {
  const written: Of<'ssm_document'> = {
    ...common,
    id: 'restart-unit',
    risk: 'medium',
    description: 'Restarts the unit {unit} of the service.',
    kind: 'ssm_document',
    parameters: { unit: { type: 'string', pattern: '[a-z]{1,20}' } },
    document: 'Acme-RestartUnit',
    arguments: { Unit: '{unit}' },
  };
  return changed(written, change);
}

/** As a user writes it: switches a parameter from off to on. */
export function anSsmParameter(change: Partial<Of<'ssm_parameter'>> = {}): Of<'ssm_parameter'> {
  const written: Of<'ssm_parameter'> = {
    ...common,
    id: 'switch-on',
    description: 'Switches the parameter /shop/backoff from off to on.',
    kind: 'ssm_parameter',
    reversibility: 'reversible',
    name: '/shop/backoff',
    before: 'off',
    to: 'on',
  };
  return changed(written, change);
}
