import { type AlertRule, alertWords } from './alert-rule.ts';
import type { Judgement } from './decide.ts';

/** The judgement after the alert rules: a person is asked or takes over. Never bolder than before. */
export function withAlerts(judgement: Judgement, raised: readonly AlertRule[]): Judgement {
  const { decision } = judgement;
  const [escalating] = raised.filter(({ action }) => action === 'escalate');
  if (escalating !== undefined && decision !== 'recovered' && decision !== 'escalate') {
    const { needsApproval: _asked, ...rest } = judgement;
    const reason = `An alert rule hands failures with ${alertWords(escalating)} to a person.`;
    return { ...rest, decision: 'escalate', reasons: [reason, ...judgement.reasons] };
  }
  const asking = raised
    .filter(({ action }) => action === 'ask')
    .map((rule) => `An alert rule asks a person about failures with ${alertWords(rule)}.`);
  if (asking.length === 0 || (decision !== 'act' && decision !== 'approve')) return judgement;
  const asked = judgement.needsApproval ?? { reasons: [], outsideChangeWindow: false };
  return {
    ...judgement,
    decision: 'approve',
    reasons: [...asking, ...judgement.reasons],
    needsApproval: { ...asked, reasons: [...asking, ...asked.reasons] },
  };
}
