/** One guard taken out: in `file`, the text `guard` becomes `removed`. */
export interface Removal {
  readonly name: string;
  readonly file: string;
  readonly guard: string;
  readonly removed: string;
}

const RULES = 'shared/domain/policy/guard-rules.ts';
const DECIDE = 'shared/domain/policy/decide.ts';
const WINDOW = 'shared/domain/policy/change-window.ts';
const CIRCUMSTANCES = 'shared/domain/policy/circumstance-reasons.ts';
const AUTONOMY = 'shared/domain/policy/autonomy.ts';
const LIMITS = 'shared/domain/policy/limits.ts';
const CHOICE = 'shared/domain/plan/candidates.ts';
const PLANNED = 'shared/app/remediate/planned.ts';
const ACT = 'shared/app/remediate/act.ts';
const GUARD = 'shared/app/remediate/guard.ts';
const UNDO = 'shared/app/remediate/undo.ts';
const APPROVAL = 'shared/app/approve/approval.ts';
const SETTLE = 'shared/app/approve/settle.ts';
const ENTITLEMENT = 'shared/app/approve/entitlement.ts';
const LEVELS = 'shared/domain/policy/approval-levels.ts';
const SELF = 'shared/domain/policy/self-approval.ts';
const COMMAND = 'shared/app/intake/handle-comment-command.ts';
const TRY_FIX = 'shared/plugins/actions/try-fix/index.ts';
const SANDBOX = 'shared/plugins/actions/common/sandbox-reading.ts';
const SANDBOX_FIX = 'shared/plugins/actions/sandbox-fix/index.ts';
const APPROVER = 'shared/app/access/approver.ts';

const remove = (name: string, file: string, guard: string, removed: string): Removal => ({
  name,
  file,
  guard,
  removed,
});

/** Every guard between a plan and an effect, taken out one at a time. */
export const REMOVALS: readonly Removal[] = [
  remove('the kill switch', RULES, '...(controls.killSwitch ?', '...(false ?'),
  remove('freeze windows', RULES, '...(freeze ?', '...(false as boolean && freeze ?'),
  remove('the seal of a plan', RULES, '...(isIntact(action) ?', '...(true ?'),
  remove('the incident is about the same thing', RULES, '...(isSameTarget(action.target, target) ?', '...(true ?'),
  remove('the mode', RULES, "...(mode === 'act' ?", '...(true ?'),
  remove(
    'the blast radius',
    RULES,
    'action.targetKey === targetKey && isChangeable(targetKey, target, service, fingerprint)',
    'true',
  ),
  remove('the parameters name the target', RULES, 'action.targetKey === targetKey && isChangeable', 'isChangeable'),
  remove('a refused approval', RULES, 'if (approval !== null) return', 'if (false) return'),
  remove('an approval that is needed', RULES, 'return needed.length > 0 ?', 'return false ?'),
  remove('an approval that an action demands', RULES, '...(approvalReason === null ?', '...(true ?'),
  remove('what an action demands at planning', DECIDE, '...(candidate.approvalReason === undefined ?', '...(true ?'),
  remove('code that a model wrote', TRY_FIX, '  approvalReason,\n  describe:', '  describe:'),
  remove('a sandbox that is judged', SANDBOX, "judged.kind === 'accepted'", 'true as boolean'),
  remove('a sandbox that was changed', SANDBOX_FIX, 'if (found.blob !== workflowBlob)', 'if (false)'),
  remove('a sandbox that changed under its run', SANDBOX_FIX, 'ports)) !== workflowBlob', 'ports)) === null'),
  remove('the circuit breaker', RULES, 'failures >= policy.breakerFailures', 'false'),
  remove('the limit of an incident', LIMITS, 'limit: maxActionsPerIncident,', 'limit: 1e6,'),
  remove('the limit of a target', LIMITS, '      maxActionsPerTargetPerHour,\n', '      1e6,\n'),
  remove('the share of runs', LIMITS, '            maxShareOfRuns,\n', '            1e6,\n'),
  remove('the limit of all', LIMITS, "hourly('everything', maxActionsPerHour", "hourly('everything', 1e6"),
  remove('modes off and observe', DECIDE, "input.mode === 'off' || input.mode === 'observe'", 'false'),
  remove('mode suggest', DECIDE, "if (mode === 'suggest')", 'if (false)'),
  remove('a freeze at planning', DECIDE, '...(freeze ?', '...(false as boolean && freeze ?'),
  remove(
    'actions of one incident at planning',
    DECIDE,
    '...(actionsSoFar >= policy.maxActionsPerIncident',
    '...(false',
  ),
  remove(
    'an own threshold of acting',
    AUTONOMY,
    'Math.max(actAtConfidence, own?.actAtConfidence ?? 0)',
    'actAtConfidence',
  ),
  remove(
    'an own threshold of a human',
    AUTONOMY,
    'Math.max(escalateBelowConfidence, own?.askAtConfidence ?? 0)',
    'escalateBelowConfidence',
  ),
  remove('an action that always asks', AUTONOMY, 'id === actionId && alwaysAsk', 'false'),
  remove(
    'an action that has to prove itself',
    AUTONOMY,
    'if (proven === null) return asks;',
    'if (proven !== undefined) return asks;',
  ),
  remove('the threshold of a human', DECIDE, '...(certainty !== null && certainty.confidence < ask', '...(false'),
  remove('the threshold of acting', DECIDE, 'return confidence < act ?', 'return false ?'),
  remove(
    'a model lowers confidence',
    DECIDE,
    'Math.min(candidate.confidence, input.modelConfidence ?? 1)',
    'candidate.confidence',
  ),
  remove(
    'a pick is no bolder',
    DECIDE,
    'if (BOLDNESS[picked.decision] <= BOLDNESS[best.decision]) return picked;',
    'return picked;',
  ),
  remove('a recovery that may be undone', DECIDE, "if (recovery.kind === 'doubtful')", 'if (false)'),
  remove(
    'risks that need an approval',
    'shared/domain/policy/approval.ts',
    '...(approvalRequiredRisks.includes(risk) ?',
    '...(false ?',
  ),
  remove(
    'critical services',
    'shared/domain/policy/approval.ts',
    "...(service?.criticality === 'critical' ?",
    '...(false as boolean && service ?',
  ),
  remove(
    'a choice that was not listed',
    CHOICE,
    'if (candidate === undefined) {',
    'if (candidate === undefined) return { kind: "chosen", candidate: best, best };\n  if (false) {',
  ),
  remove('a riskier choice', CHOICE, 'if (!noRiskierThan(candidate.risk, best.risk)) {', 'if (false) {'),
  remove(
    'the model asks for a human',
    CHOICE,
    'if (choice === HUMAN)',
    "if (choice === HUMAN && best !== undefined) return { kind: 'chosen', candidate: best, best };\n  if (false)",
  ),
  remove('the digest of a stored plan', PLANNED, '!isIntact(action)', 'false'),
  remove(
    'an action unknown to this version',
    PLANNED,
    'plugin.family !== action.family || plugin.risk !== action.risk',
    'false',
  ),
  remove('parameters that fit the plug-in', PLANNED, 'if (!parameters.success) {', 'if (false) {'),
  remove('the family of the function', ACT, 'if (planned.action.family !== deps.family) {', 'if (false) {'),
  remove(
    'the intent before the effect',
    ACT,
    "if (intent.kind === 'exists') return await resume(one, intent.record);",
    '',
  ),
  remove('the last look before the effect', ACT, 'if (denials.length > 0) return', 'if (false) return'),
  remove('the lease at the effect', ACT, '...(held ?', '...(true ?'),
  remove('a target that changed', GUARD, "observation.kind === 'superseded' ||", ''),
  remove('an effect in doubt', GUARD, "|| observation.kind === 'unknown'", ''),
  remove(
    'the file of a repository',
    GUARD,
    'await governedInRepository(overall, planned.action.target, overall.ports.codeHost)',
    'overall',
  ),
  remove('the lease of another', GUARD, 'if (lease === null) return', 'if (false) return'),
  remove('the limits', GUARD, 'if (!taken) return rule.denial;', ''),
  remove(
    'the kill switch at undoing',
    UNDO,
    "if (denials.length > 0) return await commit(action, 'undo-failed'",
    "if (false) return await commit(action, 'undo-failed'",
  ),
  remove('what others did is not undone', UNDO, ' || record.receipt.facts.byOthers === true', ''),
  remove('the author approves', APPROVAL, "decision === 'approved' && entitlement.kind === 'objection'", 'false'),
  remove('a decision that came late', SETTLE, "=== 'not-pending')", "=== 'never')"),
  remove('groups that may approve', ENTITLEMENT, 'covers(groups) && ', ''),
  remove('approvers of a service', LEVELS, 'if (approvers.length > 0) return approvers;', ''),
  remove('people behind a run', SELF, 'if (roles.length > 0 && !(', 'if (roles.length < 0 && !('),
  remove(
    'code that nobody approves for themselves',
    SELF,
    'roles.length > 0 && !(selfApproval && action.selfApproval)',
    'roles.length > 0 && !selfApproval',
  ),
  remove(
    'a team of one that was not deployed',
    SELF,
    'roles.length > 0 && !(selfApproval && action.selfApproval)',
    'roles.length > 0 && !action.selfApproval',
  ),
  remove('a run that nobody is known to be behind', SELF, 'target.actor === null || people.length === 0 ||', ''),
  remove('one of four who is not known', SELF, ' || people.some(([, one]) => one === null)', ''),
  remove('comments that decide', COMMAND, 'if (!configuration.approvals.comments)', 'if (false)'),
  remove(
    'a comment of whoever may not write',
    COMMAND,
    '!(await mayWrite(asked.action.target.repository, command, people))',
    'false',
  ),
  remove(
    'a note that the host does not confirm',
    COMMAND,
    "if ((await unlessRefused(wrote)) !== true) return 'not-confirmed';",
    '',
  ),
  remove(
    'the author of a note who is linked to nobody',
    ENTITLEMENT,
    "host !== undefined && !(candidate.identity ?? []).some((one) => identifierKind(one) === 'user')",
    'false',
  ),
  remove(
    'people behind a run who comment',
    COMMAND,
    "if (entitlement.kind === 'objection') return await",
    "if (entitlement.kind === ('never' as string)) return await",
  ),
  remove(
    'a digest of another pull request',
    COMMAND,
    'action !== null && isAbout(command, action.target)',
    'action !== null',
  ),
  remove('a change window at planning', DECIDE, '...(outside === null ? []', '...(true ? []'),
  remove(
    'a change window that nobody may pass',
    DECIDE,
    "...(outside !== null && policy.circumstances.outsideChangeWindows === 'escalate' ?",
    '...(false as boolean && outside ?',
  ),
  remove('a change window at the guard', RULES, '...judgeChangeWindow(facts.action, facts),', ''),
  remove(
    'a change window at the effect',
    ACT,
    '...judgeChangeWindow(action, { service: serviceOf(configuration, action.target), policy, now }),',
    '',
  ),
  remove(
    'an approval for being outside of a change window',
    WINDOW,
    'needsApproval?.outsideChangeWindow === true',
    'needsApproval !== undefined',
  ),
  remove('an approval for what nobody may approve', WINDOW, 'mayBeApproved && needsApproval?', 'needsApproval?'),
  remove('an approval that was planned', RULES, '...(action.needsApproval === undefined ?', '...(true ?'),
  remove(
    'the part of the week',
    'shared/domain/policy/approval.ts',
    '...(askDuring.some(({ risks, during }) => risks.includes(risk) && during.includes(partOfWeek))',
    '...(false',
  ),
  remove(
    'risk that a day of many incidents raises',
    CIRCUMSTANCES,
    '...(reaches(incidentsInDay,',
    '...(false && reaches(incidentsInDay,',
  ),
  remove(
    'risk that many deployments raise',
    CIRCUMSTANCES,
    '...(reaches(recentDeployments,',
    '...(false && reaches(recentDeployments,',
  ),
  remove('settings right after a deployment', CIRCUMSTANCES, '...(changesSettings && justDeployed', '...(false'),
  remove('interruptions under high load', CIRCUMSTANCES, "...(interrupts && load === 'high'", '...(false'),
  remove('interruptions while nobody knows the load', CIRCUMSTANCES, '...(interrupts && unreadable', '...(false'),
  remove(
    'an action whose impact nobody knows',
    CHOICE,
    'UNKNOWN_IMPACT: ActionImpact = { changesSettings: true, interrupts: true }',
    'UNKNOWN_IMPACT: ActionImpact = NO_IMPACT',
  ),
  remove(
    'a switch that was turned off',
    GUARD,
    'if (!isSwitchedOn(configuration, target.repository, name)) return null;',
    '',
  ),
  remove('an access token', APPROVER, "if (claims.token_use !== 'id') return null;", ''),
];
