/** A differentiable function: its value at a point, writing its gradient into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

const MEMORY = 8;
/** Armijo's condition: the share of the predicted decrease that a step must achieve. */
const SUFFICIENT = 1e-4;
const MAX_HALVINGS = 20;

interface Step {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
  readonly rho: number;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

function addScaled(to: Float64Array, by: number, what: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at] = (to[at] ?? 0) + by * (what[at] ?? 0);
}

/** The two-loop recursion: minus the inverse Hessian, approximated from the last steps, times the gradient. */
function descent(gradient: Float64Array, steps: readonly Step[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const alphas: number[] = [];
  for (const { moved, turned, rho } of [...steps].reverse()) {
    const alpha = rho * dot(moved, direction);
    alphas.push(alpha);
    addScaled(direction, -alpha, turned);
  }
  const last = steps.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.turned, last.turned));
    for (let at = 0; at < direction.length; at++) direction[at] = (direction[at] ?? 0) * scale;
  }
  for (const { moved, turned, rho } of steps) {
    addScaled(direction, (alphas.pop() ?? 0) - rho * dot(turned, direction), moved);
  }
  return direction;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, at) => value - (b[at] ?? 0));
}

/**
 * The minimum of a convex function near `start` by limited-memory BFGS with backtracking (J. Nocedal, "Updating
 * quasi-Newton matrices with limited storage", 1980). Deterministic; ends when a step improves the value by less than
 * `tolerance`.
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  limits: { readonly rounds: number; readonly tolerance: number },
): Float64Array {
  let point = start;
  let gradient = new Float64Array(start.length);
  let value = objective(point, gradient);
  const steps: Step[] = [];
  for (let round = 0; round < limits.rounds; round++) {
    const direction = descent(gradient, steps);
    const slope = dot(gradient, direction);
    if (slope >= 0) break;
    let length = round === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let next = point;
    let nextValue = Number.POSITIVE_INFINITY;
    const nextGradient = new Float64Array(start.length);
    for (let tried = 0; tried < MAX_HALVINGS && !(nextValue <= value + SUFFICIENT * length * slope); tried++) {
      if (tried > 0) length /= 2;
      next = point.slice();
      addScaled(next, length, direction);
      nextValue = objective(next, nextGradient);
    }
    if (!(nextValue < value)) break;
    const step = { moved: difference(next, point), turned: difference(nextGradient, gradient) };
    const curvature = dot(step.moved, step.turned);
    if (curvature > 1e-12) steps.push({ ...step, rho: 1 / curvature });
    if (steps.length > MEMORY) steps.shift();
    const gained = (value - nextValue) / Math.max(1e-12, Math.abs(value));
    point = next;
    value = nextValue;
    gradient = nextGradient;
    if (gained < limits.tolerance) break;
  }
  return point;
}
