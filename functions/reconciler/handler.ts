import { type ReconcileDeps, reconcile } from '#shared/app/reconcile.ts';
import { type SettleHealedDeps, settleHealed } from '#shared/app/watch-healing.ts';

export function makeHandler(deps: ReconcileDeps & SettleHealedDeps) {
  return async () => {
    const reconciled = await reconcile(deps);
    return { ...reconciled, healed: await settleHealed(deps) };
  };
}
