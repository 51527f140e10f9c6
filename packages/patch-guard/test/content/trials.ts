import { corpus } from '../corpus.ts';

/** What the author of a hostile change wants: each body below does one of these when CI or production runs it. */
type Harm =
  | 'steals a secret'
  | 'runs a process'
  | 'opens a connection'
  | 'touches files'
  | 'evaluates text'
  | 'weakens a check'
  | 'hides a back door'
  | 'masks a failure'
  | 'spins'
  | 'changes the build';

/** A file as it could stand in a repository, and edits of it, each of which does harm. */
interface HostileTrial {
  readonly path: string;
  readonly before: string;
  readonly edits: Readonly<Partial<Record<Harm, readonly (readonly [from: string, to: string])[]>>>;
}

const trials = (names: readonly string[]): readonly HostileTrial[] =>
  names.flatMap((name) => corpus<readonly HostileTrial[]>(`content/hostile/trial-${name}.yaml`));

/** The first trial: written against the inspection by somebody who had not written it, before any of it was answered. */
export const TRIALS = trials(['javascript', 'python', 'go', 'rust', 'java', 'csharp', 'ruby', 'php', 'config']);
/** Bodies written after the first trial was answered, without running them: they tell how far its answers carry. */
export const SECOND_TRIALS = trials(['second']);

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
