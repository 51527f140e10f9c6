import type { Task } from '../task.ts';

/** Every task by its id, as the input `task` names it. Each is loaded when it is asked for. To add one, add its file and a line here. */
export const TASKS: Readonly<Record<string, () => Promise<{ readonly task: Task }>>> = {
  report: () => import('./report.ts'),
  gate: () => import('./gate.ts'),
  flaky: () => import('./flaky.ts'),
  'select-tests': () => import('./select-tests.ts'),
  'record-tests': () => import('./record-tests.ts'),
  'arch-scan': () => import('./arch-scan.ts'),
  triage: () => import('./triage.ts'),
  'auto-fix': () => import('./auto-fix.ts'),
  feedback: () => import('./feedback.ts'),
  metrics: () => import('./metrics.ts'),
  insights: () => import('./insights.ts'),
};
