/** A file as it could stand in a repository, and small fixes of it: each replaces one text by another. */
export interface HonestFile {
  readonly path: string;
  readonly before: string;
  readonly fixes: readonly (readonly [from: string, to: string])[];
}
