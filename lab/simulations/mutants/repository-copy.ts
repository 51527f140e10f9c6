import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Clones a commit into a folder of its own, with the dependencies that are installed in `root` and the clone's own packages. What an earlier run left
 * there is thrown away: a run that is killed leaves a mutant in the folder.
 */
export function copyRepository(root: string, commit: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  execFileSync('git', ['clone', '--quiet', '--shared', '--no-checkout', root, folder]);
  execFileSync('git', ['-C', folder, '-c', 'advice.detachedHead=false', 'checkout', '--quiet', commit]);
  const installed = join(root, 'node_modules');
  const own = join(folder, 'node_modules');
  mkdirSync(join(own, '@selfheal'), { recursive: true });
  for (const name of readdirSync(installed))
    if (name !== '@selfheal') symlinkSync(join(installed, name), join(own, name));
  for (const name of readdirSync(join(folder, 'packages')))
    symlinkSync(join(folder, 'packages', name), join(own, '@selfheal', name));
}
