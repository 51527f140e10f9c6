import type { Result } from '../harness.ts';

/** A state that ends its machine. */
export const end = { End: true };
/** How an execution ends that succeeds with this output. */
export const ok = (output: unknown): Partial<Result> => ({ status: 'SUCCEEDED', output });
/** How one ends that fails with this error. */
export const failed = (error: string): Partial<Result> => ({ status: 'FAILED', error });

/** A definition, what goes in, and how its execution ends. */
export interface StateCase {
  readonly when: string;
  readonly definition: object;
  readonly input?: unknown;
  readonly gives: Partial<Result>;
}
