import type { PatchRule } from '../src/finding.ts';
import type { Language } from '../src/language.ts';
import { edited } from './patches.ts';
import { PROJECTS } from './projects.ts';
import { CSHARP } from './weakened/csharp.ts';
import { GO } from './weakened/go.ts';
import { JAVA } from './weakened/java.ts';
import { JAVASCRIPT } from './weakened/javascript.ts';
import { KOTLIN } from './weakened/kotlin.ts';
import { PHP } from './weakened/php.ts';
import { PYTHON } from './weakened/python.ts';
import { RUBY } from './weakened/ruby.ts';
import { RUST } from './weakened/rust.ts';
import type { Trick } from './weakened/trick.ts';

export interface HostilePatch {
  readonly what: string;
  readonly path: string;
  readonly after: string;
  readonly rule: PatchRule;
}

const TRICKS: Readonly<Record<Language, readonly Trick[]>> = {
  javascript: JAVASCRIPT,
  python: PYTHON,
  java: JAVA,
  kotlin: KOTLIN,
  go: GO,
  rust: RUST,
  ruby: RUBY,
  csharp: CSHARP,
  php: PHP,
};

/** Patches that would make a failing test pass by having it prove less. */
export const WEAKENED_TESTS: readonly HostilePatch[] = Object.values(PROJECTS).flatMap(({ language, test }) =>
  TRICKS[language].map(([what, rule, ...edits]) => ({
    what: `${language}: ${what}`,
    path: test.path,
    after: edited(test.text, ...edits),
    rule,
  })),
);
