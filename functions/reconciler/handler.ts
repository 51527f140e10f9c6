import { type ReconcileDeps, reconcile } from '#shared/app/reconcile.ts';

export function makeHandler(deps: ReconcileDeps) {
  return () => reconcile(deps);
}
