import type { Http } from '#shared/domain/playbook/http-endpoints.ts';
import type { AutomationRunner, EndpointCaller, ParameterStore } from '#shared/ports/playbook-effects.ts';
import { type EndpointCallerOptions, makeEndpointCaller } from '../http/endpoint-caller.ts';
import { readEndpointCredentials } from './secrets-reader.ts';
import { makeSsmAutomations } from './ssm-automations.ts';
import { makeSsmParameters } from './ssm-parameters.ts';

export interface PlaybookPorts {
  readonly endpoints: EndpointCaller;
  readonly automations: AutomationRunner;
  readonly parameters: ParameterStore;
}

/** All ports of playbooks; the role decides what of it works. `environment.HTTP_ORIGIN` is set by the local runtime. */
export function makePlaybookPorts(
  http: Http,
  environment: Readonly<Record<string, string | undefined>>,
): PlaybookPorts {
  return {
    endpoints: endpointsOf(http, environment),
    automations: makeSsmAutomations(),
    parameters: makeSsmParameters(),
  };
}

/** The allowed endpoints, with the credentials of each. */
export function endpointsOf(
  { allowedEndpoints }: Http,
  environment: Readonly<Record<string, string | undefined>>,
  options: Pick<EndpointCallerOptions, 'keepsCredentials'> = {},
): EndpointCaller {
  return makeEndpointCaller({
    ...options,
    endpoints: allowedEndpoints,
    origin: environment.HTTP_ORIGIN,
    credentials: async ({ authorizationSecretArn: arn }) => (arn === null ? null : await readEndpointCredentials(arn)),
  });
}
