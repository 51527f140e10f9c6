import type { PatchRule } from '../src/finding.ts';
import { corpora } from './corpus.ts';
import { edited } from './patches.ts';
import { PROJECTS } from './projects.ts';

export interface HostilePatch {
  readonly what: string;
  readonly path: string;
  readonly after: string;
  readonly rule: PatchRule;
}

/** What is done to a file, the rule that must be among the reasons, and how it is done. */
type Trick = readonly [what: string, rule: PatchRule, ...edits: (readonly [string, string])[]];
const TRICKS = corpora<readonly Trick[]>('weakened');

/** Patches that would make a failing test pass by having it prove less. */
export const WEAKENED_TESTS: readonly HostilePatch[] = Object.values(PROJECTS).flatMap(({ language, test }) =>
  TRICKS[language].map(([what, rule, ...edits]) => ({
    what: `${language}: ${what}`,
    path: test.path,
    after: edited(test.text, ...edits),
    rule,
  })),
);
