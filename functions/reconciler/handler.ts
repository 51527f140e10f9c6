import { type ReconcileDeps, reconcile } from '#shared/app/reconcile.ts';
import { type RemindDeps, remindApprovals } from '#shared/app/remind-approvals.ts';
import { type SettleHealedDeps, settleHealed } from '#shared/app/watch-healing.ts';

/** What falls due: reminders first, because people wait for them. */
export function makeHandler(deps: ReconcileDeps & SettleHealedDeps & RemindDeps) {
  return async () => {
    const reminded = await remindApprovals(deps);
    const reconciled = await reconcile(deps);
    return { ...reconciled, reminded, healed: await settleHealed(deps) };
  };
}
