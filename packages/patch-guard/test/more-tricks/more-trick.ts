/** What is done to a file, and how. */
export type MoreTrick = readonly [what: string, ...edits: (readonly [string, string])[]];
