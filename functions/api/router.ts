import { getPath } from 'hono/utils/url';
import { once } from '../on-demand.ts';
import { type ApiDeps, makeBase, makeRouteDeps, type RouteDeps } from './base.ts';
import type { Routes } from './routes/contract.ts';

interface Part {
  /** What follows `/api/` in the paths of its routes. */
  readonly at: readonly string[];
  /** Loads the routes and adds them. */
  readonly add: (app: Routes, deps: RouteDeps) => Promise<unknown>;
}

/** The routes of `makeApi`, in its order, each file alone: a request loads those of its path. */
export const PARTS: readonly Part[] = [
  {
    at: ['overview'],
    add: async (app, { all }) => app.route('/', (await import('./routes/overview.ts')).overviewRoutes(all)),
  },
  {
    at: ['incidents'],
    add: async (app, { all }) => app.route('/', (await import('./routes/incidents.ts')).incidentRoutes(all)),
  },
  {
    at: ['incidents'],
    add: async (app, { changes }) =>
      app.route('/', (await import('./routes/incident-changes.ts')).incidentChangeRoutes(changes)),
  },
  {
    at: ['approvals'],
    add: async (app, { all }) => app.route('/', (await import('./routes/approvals.ts')).approvalRoutes(all)),
  },
  {
    at: ['actions'],
    add: async (app, { actions }) => app.route('/', (await import('./routes/actions.ts')).actionRoutes(actions)),
  },
  {
    at: ['airflow', 'spark'],
    add: async (app, { actions }) => app.route('/', (await import('./routes/jobs.ts')).jobRoutes(actions)),
  },
  {
    at: ['applications'],
    add: async (app, { actions }) =>
      app.route('/', (await import('./routes/applications.ts')).applicationRoutes(actions)),
  },
  { at: ['auth'], add: async (app, { all }) => app.route('/', (await import('./routes/auth.ts')).authRoutes(all)) },
  { at: ['keys'], add: async (app, { all }) => app.route('/', (await import('./routes/keys.ts')).keyRoutes(all.keys)) },
  {
    at: ['users'],
    add: async (app, { all }) => app.route('/', (await import('./routes/people.ts')).peopleRoutes(all)),
  },
  {
    at: ['config'],
    add: async (app, { all }) => app.route('/', (await import('./routes/config.ts')).configRoutes(all.policy)),
  },
  {
    at: ['knowledge'],
    add: async (app, { learning }) => app.route('/', (await import('./routes/knowledge.ts')).knowledgeRoutes(learning)),
  },
  {
    at: ['knowledge'],
    add: async (app, { learning }) =>
      app.route('/', (await import('./routes/pattern-changes.ts')).patternChangeRoutes(learning)),
  },
  {
    at: ['knowledge'],
    add: async (app, { learning }) =>
      app.route('/', (await import('./routes/knowledge-upkeep.ts')).knowledgeUpkeepRoutes(learning)),
  },
  {
    at: ['knowledge', 'learning'],
    add: async (app, { learning }) =>
      app.route('/', (await import('./routes/knowledge-learn.ts')).knowledgeLearnRoutes(learning)),
  },
  {
    at: ['learning', 'models', 'ai'],
    add: async (app, { learning }) => app.route('/', (await import('./routes/learning.ts')).learningRoutes(learning)),
  },
  {
    at: ['status', 'metrics', 'costs', 'service-levels', 'baselines'],
    add: async (app, { all }) => app.route('/', (await import('./routes/operation.ts')).operationRoutes(all)),
  },
  {
    at: ['experiments'],
    add: async (app, { all }) => app.route('/', (await import('./routes/experiments.ts')).experimentRoutes(all)),
  },
  {
    at: ['connections'],
    add: async (app, { all }) => app.route('/', (await import('./routes/connections.ts')).connectionRoutes(all)),
  },
  {
    at: ['connections', 'events'],
    add: async (app, { all }) => app.route('/', (await import('./routes/received.ts')).receivedRoutes(all)),
  },
  { at: ['tests'], add: async (app, { all }) => app.route('/', (await import('./routes/tests.ts')).testRoutes(all)) },
  {
    at: ['repositories'],
    add: async (app, { all }) => app.route('/', (await import('./routes/quality.ts')).qualityRoutes(all)),
  },
  { at: ['data'], add: async (app, { all }) => app.route('/', (await import('./routes/data.ts')).dataRoutes(all)) },
  {
    at: ['analyze', 'predict', 'search', 'recommend', 'logs'],
    add: async (app, { logs }) => app.route('/', (await import('./routes/logs.ts')).logRoutes(logs)),
  },
];
/** What is made of all routes. */
const OF_ALL: ReadonlySet<string> = new Set(['openapi.json', 'docs']);

/** Answers requests as `makeApi` does, with the code of a route loaded by the first request whose path begins like its own. */
export function makeRouter(deps: ApiDeps): (request: Request) => Promise<Response> {
  const given = makeRouteDeps(deps);
  const loaded = new Map<string, () => Promise<Pick<Routes, 'fetch'>>>();
  const load = async (first: string): Promise<Pick<Routes, 'fetch'>> => {
    if (OF_ALL.has(first)) return (await import('./app.ts')).makeApi(given);
    const app = makeBase(given);
    for (const { at, add } of PARTS) if (at.includes(first)) await add(app as unknown as Routes, given);
    return app;
  };
  const appOf = (first: string): (() => Promise<Pick<Routes, 'fetch'>>) => {
    const app = loaded.get(first) ?? once(() => load(first));
    loaded.set(first, app);
    return app;
  };
  return async (request) => {
    const [, root, first = ''] = getPath(request).split('/');
    const isKnown = root === 'api' && (OF_ALL.has(first) || PARTS.some(({ at }) => at.includes(first)));
    const app = await appOf(isKnown ? first : '')();
    return await app.fetch(request);
  };
}
