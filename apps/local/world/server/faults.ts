/** What goes wrong with a call. Times are milliseconds. */
export type Fault =
  /** Answered with this status and the effect is not done. */
  | { kind: 'status'; status: number; retryAfterSeconds?: number; message?: string }
  /** Done and answered, late. */
  | { kind: 'slow'; ms: number }
  /** The connection breaks `before` the effect, or `after` it was done: a lost answer. */
  | { kind: 'reset'; when: 'before' | 'after' };

interface Planned<F> {
  readonly operation: string;
  readonly fault: F;
  /** Calls that pass unharmed first. */
  skip: number;
  times: number;
}

export interface Faults<F = Fault> {
  /**
   * Plans a fault for the next `times` calls (default 1; `Infinity` until cleared) of an operation: GitHub's operationId
   * (`actions/re-run-workflow-failed-jobs`), an IAM action (`lambda:UpdateAlias`), `bedrock:Converse`, or a prefix with `*`.
   */
  inject(operation: string, fault: F, options?: { times?: number; skip?: number }): void;
  clear(): void;
  /** Takes the first planned fault that fits this call, or null. */
  take(operation: string): F | null;
}

function fits(pattern: string, operation: string): boolean {
  return pattern.endsWith('*') ? operation.startsWith(pattern.slice(0, -1)) : pattern === operation;
}

export function makeFaults<F = Fault>(): Faults<F> {
  let planned: Planned<F>[] = [];
  return {
    inject(operation, fault, { times = 1, skip = 0 } = {}) {
      planned.push({ operation, fault, times, skip });
    },
    clear() {
      planned = [];
    },
    take(operation) {
      for (const plan of planned) {
        if (!fits(plan.operation, operation)) continue;
        if (plan.skip > 0) {
          plan.skip -= 1;
          continue;
        }
        plan.times -= 1;
        if (plan.times <= 0) planned = planned.filter((other) => other !== plan);
        return plan.fault;
      }
      return null;
    },
  };
}
