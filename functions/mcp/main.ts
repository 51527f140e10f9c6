import { httpFunction, logFailedRequest } from '#shared/adapters/aws/lambda-edge.ts';
import { makeDeploymentApi } from '#shared/adapters/http/deployment-api.ts';
import { compose } from '../compose.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

/** The version of the package, put in by the build. */
declare const SELFHEAL_VERSION: string;

const { apiUrl } = compose(config, { apiUrl: (environment) => environment.apiUrl.replace(/\/+$/, '') });

export const handler = httpFunction({
  config,
  run: makeHandler({
    api: (token, dashboardUrl) => makeDeploymentApi({ baseUrl: apiUrl, token: async () => token, dashboardUrl }),
    version: SELFHEAL_VERSION,
    onFailure: logFailedRequest,
  }),
});
