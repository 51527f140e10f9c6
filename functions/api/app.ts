import { makeBase, type RouteDeps } from './base.ts';
import { actionRoutes } from './routes/actions.ts';
import { applicationRoutes } from './routes/applications.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { authRoutes } from './routes/auth.ts';
import { configRoutes } from './routes/config.ts';
import { connectionRoutes } from './routes/connections.ts';
import { dataRoutes } from './routes/data.ts';
import { experimentRoutes } from './routes/experiments.ts';
import { incidentChangeRoutes } from './routes/incident-changes.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { jobRoutes } from './routes/jobs.ts';
import { keyRoutes } from './routes/keys.ts';
import { knowledgeRoutes } from './routes/knowledge.ts';
import { knowledgeLearnRoutes } from './routes/knowledge-learn.ts';
import { knowledgeUpkeepRoutes } from './routes/knowledge-upkeep.ts';
import { learningRoutes } from './routes/learning.ts';
import { logRoutes } from './routes/logs.ts';
import { operationRoutes } from './routes/operation.ts';
import { overviewRoutes } from './routes/overview.ts';
import { patternChangeRoutes } from './routes/pattern-changes.ts';
import { peopleRoutes } from './routes/people.ts';
import { qualityRoutes } from './routes/quality.ts';
import { receivedRoutes } from './routes/received.ts';
import { testRoutes } from './routes/tests.ts';

const ABOUT =
  'Incidents, approvals and what led to them. A request that changes something takes an `Idempotency-Key`: sent again within a day, it gets the ' +
  'same answer and is done once. Every answer to a GET has an `ETag` for `If-None-Match`.';

/** Says of each tuple how long it is: without `items` a reader of JSON Schema takes it for a list of anything that begins so. */
function closedTuples<T>(node: T): T {
  if (Array.isArray(node)) return node.map(closedTuples) as T;
  if (typeof node !== 'object' || node === null) return node;
  const closed = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closedTuples(value)]));
  const { prefixItems: items } = closed;
  const isOpen = Array.isArray(items) && !('items' in closed);
  const length = isOpen ? { minItems: items.length, maxItems: items.length } : {};
  return (isOpen ? { ...closed, items: { anyOf: items }, ...length } : closed) as T;
}

/**
 * All routes of the API at once. Their definitions are its validation, `/api/openapi.json` and the types of its client. Requests are answered by
 * `makeRouter`, which loads them in parts.
 */
export function makeApi({ all: deps, ...given }: RouteDeps) {
  const app = makeBase({ all: deps, ...given });
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description:
      'An ID token of the user pool, an API key (sh_...), or for quality documents a token of GitHub Actions.',
  });
  const info = { title: 'Selfheal', version: deps.version, description: ABOUT };
  const servers = [{ url: deps.environment.apiUrl.replace(/\/$/, '') || '/' }];
  const described = () => {
    const document = app.getOpenAPI31Document({ openapi: '3.1.0', info, servers });
    const operations = Object.values(document.paths ?? {}).flatMap((path) => Object.values(path ?? {}));
    const tags = operations.flatMap((operation: { readonly tags?: readonly string[] }) => operation.tags ?? []);
    return closedTuples({ ...document, tags: [...new Set(tags)].sort().map((name) => ({ name })) });
  };
  app.get('/api/openapi.json', (context) => context.json(described()));
  app.get('/api/docs', async (context) => {
    const { REFERENCE_POLICY, renderReference } = await import('./reference.ts');
    return context.html(renderReference(described()), 200, { 'content-security-policy': REFERENCE_POLICY });
  });
  const { actions, changes, learning, logs } = given;
  return app
    .route('/', overviewRoutes(deps))
    .route('/', incidentRoutes(deps))
    .route('/', incidentChangeRoutes(changes))
    .route('/', approvalRoutes(deps))
    .route('/', actionRoutes(actions))
    .route('/', jobRoutes(actions))
    .route('/', applicationRoutes(actions))
    .route('/', authRoutes(deps))
    .route('/', keyRoutes(deps.keys))
    .route('/', peopleRoutes(deps))
    .route('/', configRoutes(deps.policy))
    .route('/', knowledgeRoutes(learning))
    .route('/', patternChangeRoutes(learning))
    .route('/', knowledgeUpkeepRoutes(learning))
    .route('/', knowledgeLearnRoutes(learning))
    .route('/', learningRoutes(learning))
    .route('/', operationRoutes(deps))
    .route('/', experimentRoutes(deps))
    .route('/', connectionRoutes(deps))
    .route('/', receivedRoutes(deps))
    .route('/', testRoutes(deps))
    .route('/', qualityRoutes(deps))
    .route('/', dataRoutes(deps))
    .route('/', logRoutes(logs));
}

/** The routes with their requests and answers, for a typed client (`hc<Api>`). */
export type Api = ReturnType<typeof makeApi>;
