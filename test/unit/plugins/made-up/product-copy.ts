import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../../..');

/** A copy of parts of the product, in which somebody adds something. Installed packages are shared; those of this repository are the copy's own. */
export function copyProduct(parts: readonly string[]) {
  const tree = mkdtempSync(join(tmpdir(), 'made-up-product-'));
  for (const name of parts)
    cpSync(join(ROOT, name), join(tree, name), { recursive: true, filter: (path) => !path.includes('/node_modules') });
  const installed = join(ROOT, 'node_modules');
  const own = join(tree, 'node_modules');
  mkdirSync(join(own, '@selfheal'), { recursive: true });
  for (const name of readdirSync(installed))
    if (name !== '@selfheal' && name !== '.cache') symlinkSync(join(installed, name), join(own, name));
  for (const name of readdirSync(join(installed, '@selfheal')))
    symlinkSync(join(tree, 'packages', name), join(own, '@selfheal', name));
  return {
    tree,
    write: (path: string, text: string) => writeFileSync(join(tree, path), text),
    /** Puts text behind the first occurrence of a place, which has to be there. */
    insert(path: string, behind: string, text: string): void {
      const before = readFileSync(join(tree, path), 'utf8');
      if (!before.includes(behind)) throw new Error(`${path} does not contain ${behind}.`);
      writeFileSync(
        join(tree, path),
        before.replace(behind, () => `${behind}${text}`),
      );
    },
    remove: () => rmSync(tree, { recursive: true, force: true }),
  };
}
