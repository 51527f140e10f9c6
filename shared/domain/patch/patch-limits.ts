/** How large a fix may be: a person has to read all of it. */
export const PATCH_LIMITS = {
  /** UTF-16 units of the whole patch, as it came. */
  characters: 100_000,
  files: 8,
  /** Lines added and removed, together. */
  changedLines: 300,
  /** UTF-16 units of one added line. */
  lineCharacters: 500,
  /** UTF-16 units of a file before and after. */
  fileCharacters: 1_000_000,
  fileLines: 20_000,
  /** UTF-16 units of a line that is there already: longer ones are written by machines. */
  keptLineCharacters: 5_000,
  pathCharacters: 240,
  pathSegments: 16,
} as const;
