import type { Expression } from 'jsonata';

/** AWS's evaluation depth, which also stops endless expressions. */
const MAX_MILLISECONDS = 2_000;
const MAX_DEPTH = 100;
/** Longest list that fits into the memory that AWS gives an expression. */
const MAX_ITEMS = 873_782;

/** Name of a variable that no expression can refer to: names contain no blank. */
const LIMITS_BINDING = ' limits';

interface Limits {
  depth: number;
  readonly endsAt: number;
}

interface Frame {
  lookup(name: string): unknown;
}

/** Limits evaluations of the expression in time, depth and number range; each needs `newLimits` among its bindings. */
export function limitEvaluation(expression: Expression): void {
  // The hooks have symbols as keys, which the type of `assign` does not allow.
  const hook = expression.assign as unknown as (name: symbol, listener: (...event: unknown[]) => void) => void;
  hook(Symbol.for('jsonata.__evaluate_entry'), (_node, _input, frame) => {
    const limits = limitsOf(frame);
    limits.depth += 1;
    if (limits.depth > MAX_DEPTH) {
      throw new Error('Stack overflow error: Check for non-terminating recursive function.');
    }
    if (Date.now() > limits.endsAt) {
      throw new Error(`Expression evaluation timeout: It took longer than ${MAX_MILLISECONDS} ms.`);
    }
  });
  hook(Symbol.for('jsonata.__evaluate_exit'), (_node, _input, frame, value) => {
    limitsOf(frame).depth -= 1;
    // JavaScript continues with infinity; JSON and Step Functions have no such number.
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw Object.assign(new Error(`Number out of range: ${value}`), { code: 'D1001', value });
    }
    if (Array.isArray(value) && value.length > MAX_ITEMS) {
      throw new Error('Expression evaluation memory limit exceeded: Check for excessive memory usage.');
    }
  });
}

/** The limits of one evaluation, to be added to its bindings. */
export function newLimits(): Record<string, unknown> {
  return { [LIMITS_BINDING]: { depth: 0, endsAt: Date.now() + MAX_MILLISECONDS } satisfies Limits };
}

function limitsOf(frame: unknown): Limits {
  return (frame as Frame).lookup(LIMITS_BINDING) as Limits;
}
