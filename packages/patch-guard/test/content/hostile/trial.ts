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
export interface HostileTrial {
  readonly path: string;
  readonly before: string;
  readonly edits: Readonly<Partial<Record<Harm, readonly (readonly [from: string, to: string])[]>>>;
}
