import type { PatchRule } from '../../src/finding.ts';

/** What is done to a file, the rule that must be among the reasons, and how it is done. */
export type Trick = readonly [what: string, rule: PatchRule, ...edits: (readonly [string, string])[]];
