import { randomBytes } from 'node:crypto';
import { dataDirectoryOf, loadShippedVersion } from '#shared/adapters/archive/data-files.ts';
import { makeCognitoSignIn } from '#shared/adapters/aws/cognito-sign-in.ts';
import { makeDynamoIncidentLists } from '#shared/adapters/aws/dynamo-incident-lists.ts';
import { httpFunction, logFailedRequest } from '#shared/adapters/aws/lambda-edge.ts';
import { authenticate } from '#shared/app/access/authenticate.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import type { ModelVersion } from '#shared/domain/learning/model-registry.ts';
import type { FailureRecall } from '#shared/ports/recall.ts';
import {
  accessTrail,
  actions,
  apiKeys,
  approvals,
  artifacts,
  compose,
  configuration,
  delegations,
  evidence,
  incidents,
  knowledgeEntries,
  patterns,
  patternVersions,
  predictions,
  readPlaybooks,
  registry,
  repeatedRequests,
  tokens,
  workflow,
} from '../compose.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

/** The version of the package, put in by the build. */
declare const SELFHEAL_VERSION: string;

const deps = compose(config, {
  incidents,
  approvals,
  evidence,
  workflow,
  actions,
  configuration,
  tokens,
  apiKeys,
  accessTrail,
  delegations,
  repeatedRequests,
  patterns,
  patternVersions,
  predictions,
  registry,
  artifacts,
  knowledge: knowledgeEntries,
  lists: ({ incidentsTable: table }) => makeDynamoIncidentLists({ table, services: configuration().services }),
  signIn: ({ userPoolClient: clientId }) =>
    makeCognitoSignIn({ region: process.env.AWS_REGION ?? '', clientId, endpoint: process.env.AWS_ENDPOINT_URL }),
});

let shipped: Promise<ModelVersion | null> | undefined;
let recall: Promise<FailureRecall> | undefined;

export const handler = httpFunction({
  config,
  run: makeHandler({
    ...deps,
    trail: deps.incidents,
    recall: () => {
      recall ??= readPlaybooks().then((entries) => makeLocalRecall(deps.knowledge, entries));
      return recall;
    },
    shipped: () => {
      shipped ??= loadShippedVersion(dataDirectoryOf(process.env)).then(({ version }) => version);
      return shipped;
    },
    keys: { ...deps, trail: deps.accessTrail, random: (bytes) => randomBytes(bytes).toString('hex') },
    authenticate: (headers) => authenticate(headers, deps),
    version: SELFHEAL_VERSION,
    onFailure: logFailedRequest,
  }),
});
