import type { Verdict } from '@selfheal/kernel/failure-class.ts';

/** What people can know of an action before it is done: written from the user guide and the world of the drill alone. */
export interface Rule {
  readonly on: 'run' | 'alarm';
  readonly risk: 'low' | 'medium' | 'high';
  /** A share of how sure the failure's class is, or how sure the action says it is. */
  readonly confidence: { readonly ofClass: number } | { readonly stated: number };
  /** A person approves it, whatever policy says. */
  readonly alwaysAsks?: boolean;
  /** For which verdicts it is; absent: whatever it is. */
  readonly verdicts?: readonly Verdict[];
  /** What it does in the world of the drill. */
  readonly does: readonly string[];
  /** What undoing it does; absent: it cannot be undone. */
  readonly undoes?: readonly string[];
  /** What else it may be when other people had changed the same thing before it was planned. */
  readonly uponOthers?: readonly string[];
}

const TRANSIENT = ['flaky', 'infrastructure'] as const;
const stated = (confidence: number) => ({ stated: confidence });

const RULES: Readonly<Record<string, Rule>> = {
  'rerun-failed-jobs': {
    on: 'run',
    risk: 'low',
    confidence: { ofClass: 1 },
    verdicts: TRANSIENT,
    does: ['rerun'],
  },
  'rerun-workflow-run': {
    on: 'run',
    risk: 'medium',
    confidence: { ofClass: 0.6 },
    verdicts: TRANSIENT,
    does: ['rerun-all'],
  },
  'cancel-stuck-run': { on: 'run', risk: 'low', confidence: stated(0.9), does: ['cancel'] },
  'sandbox-fix': {
    on: 'run',
    risk: 'low',
    confidence: stated(0.95),
    verdicts: ['regression'],
    does: ['dispatch'],
  },
  'try-fix': {
    on: 'run',
    risk: 'medium',
    confidence: stated(0.9),
    verdicts: ['regression'],
    alwaysAsks: true,
    does: ['branch:autofix'],
    undoes: ['deleted:autofix'],
  },
  'fix-pull-request': {
    on: 'run',
    risk: 'low',
    confidence: stated(0.95),
    does: ['pull:autofix'],
  },
  'revert-pull-request': {
    on: 'run',
    risk: 'low',
    confidence: stated(0.88),
    verdicts: ['regression'],
    does: ['branch:autofix', 'pull:autofix'],
  },
  'open-issue': {
    on: 'run',
    risk: 'low',
    confidence: stated(0.86),
    verdicts: ['regression', 'unknown'],
    does: ['issue'],
  },
  'quarantine-flaky-test': {
    on: 'run',
    risk: 'low',
    confidence: stated(0.97),
    verdicts: ['flaky'],
    does: ['issue'],
  },
  'rollback-lambda-alias': {
    on: 'alarm',
    risk: 'medium',
    confidence: stated(0.95),
    does: ['alias:7'],
    undoes: ['alias:8'],
    uponOthers: ['alias:9'],
  },
  'rollback-ecs-service': {
    on: 'alarm',
    risk: 'medium',
    confidence: stated(0.95),
    does: ['ecs:checkout:7'],
    undoes: ['ecs:checkout:8'],
    uponOthers: ['ecs:checkout:9'],
  },
  'scale-ecs-service': { on: 'alarm', risk: 'low', confidence: stated(0.85), does: ['scale:4'], undoes: ['scale:3'] },
  'redeploy-ecs-service': { on: 'alarm', risk: 'medium', confidence: stated(0.75), does: ['redeploy'] },
  'raise-lambda-memory': {
    on: 'alarm',
    risk: 'low',
    confidence: stated(0.85),
    does: ['memory:1024'],
    undoes: ['memory:512'],
  },
  'set-lambda-concurrency': {
    on: 'alarm',
    risk: 'medium',
    confidence: stated(0.8),
    does: ['reserve:40'],
    undoes: ['reserve:10'],
    uponOthers: ['reserve:99'],
  },
  'scale-auto-scaling-group': {
    on: 'alarm',
    risk: 'low',
    confidence: stated(0.85),
    does: ['capacity:5'],
    undoes: ['capacity:3'],
  },
  'refresh-instances': {
    on: 'alarm',
    risk: 'medium',
    confidence: stated(0.7),
    does: ['refresh'],
    undoes: ['cancel'],
  },
  'change-rds-parameter': {
    on: 'alarm',
    risk: 'medium',
    confidence: stated(0.75),
    does: ['parameter:200'],
    undoes: ['parameter:150'],
    uponOthers: ['parameter:300', 'parameter:299'],
  },
  'reboot-rds-instance': { on: 'alarm', risk: 'high', confidence: stated(0.65), does: ['reboot'] },
  'scale-rds-instance': {
    on: 'alarm',
    risk: 'high',
    confidence: stated(0.65),
    alwaysAsks: true,
    does: ['class:db.r8g.xlarge'],
    undoes: ['class:db.r8g.large'],
  },
  'scale-aurora-cluster': {
    on: 'alarm',
    risk: 'medium',
    confidence: stated(0.75),
    alwaysAsks: true,
    does: ['units:0.5-8'],
    undoes: ['units:0.5-4'],
  },
  'start-job': { on: 'alarm', risk: 'low', confidence: stated(0.9), does: ['job'], undoes: ['job-cancelled'] },
  'restart-unit': { on: 'alarm', risk: 'medium', confidence: stated(0.9), does: ['unit:web'] },
  'switch-on': { on: 'alarm', risk: 'low', confidence: stated(0.9), does: ['switched:on'], undoes: ['switched:off'] },
};

/** The rule of an action. Throws for one that has none: a new action brings its line. */
export function ruleOf(actionId: string): Rule {
  const rule = RULES[actionId];
  if (rule === undefined) throw new Error(`The action ${actionId} has no rule: add it to rules.ts.`);
  return rule;
}
