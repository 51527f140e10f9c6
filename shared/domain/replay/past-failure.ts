import type { Chance, Verdict } from '@selfheal/kernel/failure-class.ts';

/** How a run ended, as far as judging a replay needs it. */
export interface RunEnd {
  readonly id: number;
  readonly headSha: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly attempt: number;
  readonly passed: boolean;
}

/**
 * What happened after a failure. `passed-again`: the same code passed without a change. `changed`: the next run that passed has other code. `failed-again`:
 * somebody ran it again in vain, and no later run passed. `open`: nobody ran it again, and no later run passed.
 */
export type Outcome =
  | {
      readonly kind: 'passed-again';
      readonly how: 're-run' | 'same-commit' | 'empty-commit';
      readonly runId: number;
      readonly at: string;
    }
  | {
      readonly kind: 'changed';
      readonly runId: number;
      readonly headSha: string;
      readonly at: string;
      readonly rerunFailed: boolean;
    }
  | { readonly kind: 'failed-again' }
  | { readonly kind: 'open' };

/**
 * What happened after `failedAttempt` of a run failed. `last` is the run as it is now, `later` the newer runs of the same workflow and branch, oldest
 * first.
 */
export function outcomeOf(last: RunEnd, failedAttempt: number, later: readonly RunEnd[]): Outcome {
  const wasRerun = last.attempt > failedAttempt;
  if (wasRerun && last.passed) return { kind: 'passed-again', how: 're-run', runId: last.id, at: last.updatedAt };
  const next = later.find(({ passed }) => passed);
  if (next === undefined) return { kind: wasRerun ? 'failed-again' : 'open' };
  const { id: runId, headSha, updatedAt: at } = next;
  if (headSha === last.headSha) return { kind: 'passed-again', how: 'same-commit', runId, at };
  return { kind: 'changed', runId, headSha, at, rerunFailed: wasRerun };
}

/**
 * What Selfheal says will help: to run the same code again, without asking (`rerun`) or after a person approved (`ask`), or a change of the code.
 * `nothing`: it only explains.
 */
export type Advice = 'rerun' | 'ask' | 'change' | 'nothing';

/** `decision` is that of the policy about re-running; null where no re-run was proposed. */
export function adviceOf(
  decision: 'act' | 'approve' | null,
  { verdict, chance }: { readonly verdict: Verdict; readonly chance: Chance },
): Advice {
  if (decision === 'act') return 'rerun';
  if (decision === 'approve') return 'ask';
  return verdict === 'regression' || chance === 'lasts' ? 'change' : 'nothing';
}

/** `unknown`: it promised nothing, or what happened does not show it. */
export type Mark = 'right' | 'wrong' | 'unknown';

const MARKS: Readonly<Record<Outcome['kind'], Readonly<Record<Advice, Mark>>>> = {
  'passed-again': { rerun: 'right', ask: 'right', change: 'wrong', nothing: 'unknown' },
  // Nobody knows whether a re-run would have passed, too: it counts against the advice.
  changed: { rerun: 'wrong', ask: 'wrong', change: 'right', nothing: 'unknown' },
  'failed-again': { rerun: 'wrong', ask: 'wrong', change: 'right', nothing: 'unknown' },
  open: { rerun: 'unknown', ask: 'unknown', change: 'unknown', nothing: 'unknown' },
};

/** Whether what happened bears the advice out. */
export const markOf = (advice: Advice, { kind }: Outcome): Mark => MARKS[kind][advice];

/** Whether two paths name one file: a log may name it without its folders, or below the folder of a container. */
export function isSameFile(named: string, changed: string): boolean {
  const [a, b] = [named, changed].map((path) => `/${path.replaceAll('\\', '/').replace(/^\.?\/+/, '')}`);
  return a !== undefined && b !== undefined && (a.endsWith(b) || b.endsWith(a));
}
