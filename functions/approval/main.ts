import { randomBytes } from 'node:crypto';
import { httpFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { actions, approvals, compose, configuration, delegations, evidence, incidents, workflow } from '../compose.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

/** `client.ts` as the build bundles it for the browser. */
declare const APPROVAL_CLIENT: string;

const deps = compose(config, {
  incidents,
  approvals,
  evidence,
  workflow,
  actions,
  configuration,
  delegations,
  page: ({ userPoolClient }) => ({
    identityUrl: process.env.AWS_ENDPOINT_URL ?? `https://cognito-idp.${process.env.AWS_REGION}.amazonaws.com/`,
    userPoolClientId: userPoolClient,
    script: APPROVAL_CLIENT,
  }),
  nonce: () => () => randomBytes(16).toString('base64'),
});

export const handler = httpFunction({ config, run: makeHandler(deps) });
