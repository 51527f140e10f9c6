import { CSHARP } from './csharp.ts';
import { FRESH } from './fresh.ts';
import { GO } from './go.ts';
import type { HonestFile } from './honest-file.ts';
import { JAVA } from './java.ts';
import { JAVASCRIPT } from './javascript.ts';
import { KOTLIN } from './kotlin.ts';
import { PHP } from './php.ts';
import { PYTHON } from './python.ts';
import { RUBY } from './ruby.ts';
import { RUST } from './rust.ts';

const HONEST_FILES: readonly HonestFile[] = [
  ...JAVASCRIPT,
  ...PYTHON,
  ...GO,
  ...JAVA,
  ...RUBY,
  ...RUST,
  ...CSHARP,
  ...PHP,
  ...KOTLIN,
  ...FRESH,
];

/** Small fixes that careful people make, each of one place of one file. */
export const HONEST_FIXES = HONEST_FILES.flatMap(({ path, before, fixes }) =>
  fixes.map(([from, to]) => {
    if (!before.includes(from)) throw new Error(`${path}: there is no ${JSON.stringify(from)} to fix.`);
    return { path, before, after: before.replace(from, () => to), what: to.trim().split('\n').at(-1) ?? '' };
  }),
);
