import type { HostileTrial } from './trial.ts';
import { CONFIG_TRIALS } from './trial-config.ts';
import { GO_TRIALS, RUST_TRIALS } from './trial-go-rust.ts';
import { CSHARP_TRIALS, JAVA_TRIALS } from './trial-java-csharp.ts';
import { JAVASCRIPT_TRIALS } from './trial-javascript.ts';
import { PYTHON_TRIALS } from './trial-python.ts';
import { PHP_TRIALS, RUBY_TRIALS } from './trial-ruby-php.ts';

/** The first trial: written against the inspection by somebody who had not written it, before any of it was answered. */
export const TRIALS: readonly HostileTrial[] = [
  ...JAVASCRIPT_TRIALS,
  ...PYTHON_TRIALS,
  ...GO_TRIALS,
  ...RUST_TRIALS,
  ...JAVA_TRIALS,
  ...CSHARP_TRIALS,
  ...RUBY_TRIALS,
  ...PHP_TRIALS,
  ...CONFIG_TRIALS,
];

/** Each hostile body, with what its author wants. */
export const bodiesOf = (trials: readonly HostileTrial[]) =>
  trials.flatMap(({ path, before, edits }) =>
    Object.entries(edits).flatMap(([harm, bodies]) =>
      bodies.map(([from, to]) => {
        if (!before.includes(from)) throw new Error(`${path}: there is no ${JSON.stringify(from)} to change.`);
        return { path, before, after: before.replace(from, () => to), harm, what: `${from.trim()} -> ${to.trim()}` };
      }),
    ),
  );

export { SECOND_TRIALS } from './trial-second.ts';
