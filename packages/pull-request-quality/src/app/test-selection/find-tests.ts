import { folderOf, isTestConfiguration, isTestFile } from '../../domain/test-selection/file-kinds.ts';
import { manifestPatterns, settingsPatterns } from '../../domain/test-selection/runner-patterns.ts';
import type { SourceTree } from '../../ports/source-tree.ts';

const SOURCE = /\.[cm]?[jt]sx?$/;

/** Every file of tests: those that are named like one, and those that a runner takes which goes by folders (Mocha, `node --test`, tape, AVA). */
export async function findTests({ files, read }: Pick<SourceTree, 'files' | 'read'>): Promise<readonly string[]> {
  const patterns: { readonly below: string; readonly matches: RegExp }[] = [];
  for (const path of files) {
    const isManifest = /(?:^|\/)package\.json$/.test(path);
    if (!isManifest && !isTestConfiguration(path)) continue;
    const content = await read(path);
    if ('skipped' in content) continue;
    const below = folderOf(path) === '' ? '' : `${folderOf(path)}/`;
    for (const matches of isManifest ? manifestPatterns(content.text) : settingsPatterns(path, content.text))
      patterns.push({ below, matches });
  }
  const isTaken = (file: string): boolean =>
    SOURCE.test(file) &&
    patterns.some(({ below, matches }) => file.startsWith(below) && matches.test(file.slice(below.length)));
  return files.filter((file) => isTestFile(file) || isTaken(file));
}
