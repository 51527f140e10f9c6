import { type AnswerDecidedDeps, answerDecided } from '#shared/app/approve/answer-decided.ts';
import { type RemindDeps, remindApprovals } from '#shared/app/approve/remind-approvals.ts';
import { type SettleHealedDeps, settleHealed } from '#shared/app/record/recurrence-watch.ts';
import { type ReconcileDeps, reconcile } from '#shared/app/upkeep/reconcile.ts';

/** What falls due: decisions that did not arrive and reminders first, because people wait for them. */
export function makeHandler(deps: ReconcileDeps & SettleHealedDeps & RemindDeps & AnswerDecidedDeps) {
  return async () => {
    const passedOn = await answerDecided(deps);
    const reminded = await remindApprovals(deps);
    const reconciled = await reconcile(deps);
    return { ...reconciled, passedOn, reminded, healed: await settleHealed(deps) };
  };
}
