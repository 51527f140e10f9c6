import { type RequestActionDeps, requestAction } from '#shared/app/actions/request-action.ts';
import { requestExecutorSize } from '#shared/app/actions/request-executor-size.ts';
import { requestTaskRetry } from '#shared/app/actions/request-task-retry.ts';
import { listServices, type ServiceDeps, scalingActionOf, serviceHealth } from '#shared/app/actions/services.ts';
import { type TryActionDeps, tryAction } from '#shared/app/actions/try-action.ts';
import type { ActionRequests } from './routes/actions.ts';

export type ActionRequestPorts = RequestActionDeps & TryActionDeps & ServiceDeps;

/** The use cases behind the routes that read services and ask for actions. */
export function makeActionRequests(deps: ActionRequestPorts): ActionRequests {
  return {
    request: (order, requester) => requestAction(order, requester, deps),
    retryTask: (order, requester) => requestTaskRetry(order, requester, deps),
    resizeExecutors: (order, requester) => requestExecutorSize(order, requester, deps),
    try: (order, by) => tryAction(order, by, deps),
    services: () => listServices(deps),
    health: (id) => serviceHealth(id, deps),
    scalingActionOf: (id, to) => scalingActionOf(id, to, deps),
  };
}
