import type { Language } from '../src/language.ts';
import { csharp } from './honest/csharp.ts';
import { go } from './honest/go.ts';
import type { HonestEdits } from './honest/honest-edits.ts';
import { java } from './honest/java.ts';
import { javascript } from './honest/javascript.ts';
import { kotlin } from './honest/kotlin.ts';
import { php } from './honest/php.ts';
import { python } from './honest/python.ts';
import { ruby } from './honest/ruby.ts';
import { rust } from './honest/rust.ts';
import { edited } from './patches.ts';
import { PROJECTS } from './projects.ts';

export interface Change {
  readonly what: string;
  readonly path: string;
  readonly after: string;
}

const EDITS: Readonly<Record<Language, HonestEdits>> = {
  javascript,
  python,
  java,
  kotlin,
  go,
  rust,
  ruby,
  csharp,
  php,
};

/** Fixes that a careful person would make. */
export const HONEST_PATCHES: readonly Change[] = Object.values(PROJECTS).flatMap(({ language, source, test }) => {
  const { source: inSource, test: inTest, fresh } = EDITS[language];
  return [
    ...Object.entries(inSource).map(([what, edits]) => ({
      what: `${language}: ${what} in the source`,
      path: source.path,
      after: edited(source.text, ...edits),
    })),
    ...Object.entries(inTest).map(([what, edits]) => ({
      what: `${language}: ${what}`,
      path: test.path,
      after: edited(test.text, ...edits),
    })),
    { what: `${language}: a new test file`, path: fresh.path, after: fresh.text },
  ];
});
