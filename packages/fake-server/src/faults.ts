/** A planned fault of a call. Times are milliseconds. */
export type Fault =
  /** Answers with this status. With `when: 'after'` the call takes effect first, and the error hides that. */
  | { kind: 'status'; status: number; retryAfterSeconds?: number; message?: string; when?: 'before' | 'after' }
  /** Done and answered, late. */
  | { kind: 'slow'; ms: number }
  /** The connection breaks `before` the effect, or `after` it was done: a lost answer. */
  | { kind: 'reset'; when: 'before' | 'after' };

interface Planned<F> {
  readonly operation: string;
  readonly faultOf: (operation: string) => F;
  readonly strikes: () => boolean;
  /** Number of calls that pass first. */
  skip: number;
  times: number;
}

interface FaultTiming {
  /** How many calls fail: default 1; `Infinity` until cleared. */
  readonly times?: number;
  /** Number of calls that pass first. */
  readonly skip?: number;
  /** Decides for each matching, unskipped call whether it fails; calls that pass do not count. Default: all fail. */
  readonly strikes?: () => boolean;
}

export interface Faults<F = Fault> {
  /**
   * Plans a fault for calls of an operation: GitHub's operationId (`actions/re-run-workflow-failed-jobs`), an IAM action
   * (`lambda:UpdateAlias`), `bedrock:Converse`, or a prefix with `*`. A function makes the fault from the operation.
   */
  inject(operation: string, fault: F | ((operation: string) => F), timing?: FaultTiming): void;
  clear(): void;
  /** Operations with planned faults that have not all occurred yet. */
  pending(): string[];
  /** Takes the first planned fault for this call, or null. */
  take(operation: string): F | null;
}

function fits(pattern: string, operation: string): boolean {
  return pattern.endsWith('*') ? operation.startsWith(pattern.slice(0, -1)) : pattern === operation;
}

export function makeFaults<F extends object = Fault>(): Faults<F> {
  let planned: Planned<F>[] = [];
  return {
    inject(operation, fault, { times = 1, skip = 0, strikes = () => true } = {}) {
      const faultOf = typeof fault === 'function' ? fault : () => fault;
      planned.push({ operation, faultOf, strikes, times, skip });
    },
    clear() {
      planned = [];
    },
    pending: () => planned.map(({ operation }) => operation),
    take(operation) {
      for (const plan of planned) {
        if (!fits(plan.operation, operation)) continue;
        if (plan.skip > 0) {
          plan.skip -= 1;
          continue;
        }
        if (!plan.strikes()) continue;
        plan.times -= 1;
        if (plan.times <= 0) planned = planned.filter((other) => other !== plan);
        return plan.faultOf(operation);
      }
      return null;
    },
  };
}
