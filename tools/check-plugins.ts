import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The folder of each kind of plug-in, the export of its registry, and subfolders that are not plug-ins. */
const KINDS = [
  { folder: 'shared/plugins/hosts', exported: 'HOSTS', others: [] },
  { folder: 'shared/plugins/sources', exported: 'SOURCES', others: ['common'] },
  // Each playbook of the configuration becomes an action; the folder `playbook` is not one.
  {
    folder: 'shared/plugins/actions',
    exported: 'ACTIONS',
    others: [
      'codebuild-retry',
      'codepipeline-retry-stage',
      'common',
      'jenkins-rebuild',
      'playbook',
      'resize-spark-executors',
    ],
  },
  { folder: 'shared/plugins/notifiers', exported: 'NOTIFIERS', others: ['common'] },
  { folder: 'packages/reports/src/formats', exported: 'REPORT_FORMATS', others: ['common'] },
  { folder: 'shared/plugins/llm', exported: 'MODEL_PROVIDERS', others: ['common', 'protocol'] },
] as const;

/**
 * Compares the plug-in folders of `root` with their registries. Returns a sentence for each folder that is not registered under
 * its name, and for each registered plug-in without a folder. Rejects if a registry cannot be loaded.
 */
export async function checkPlugins(root: string): Promise<string[]> {
  const problems = await Promise.all(
    KINDS.map(async ({ folder, exported, others }) => {
      const registry = (await import(pathToFileURL(join(root, folder, 'registry.ts')).href)) as Record<string, unknown>;
      const ids = (registry[exported] as { id: string }[]).map(({ id }) => id);
      const folders = readdirSync(join(root, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !(others as readonly string[]).includes(entry.name))
        .map(({ name }) => name);
      return [
        ...folders
          .filter((name) => !ids.includes(name))
          .map((name) => `${folder}/${name} is not in the registry: add it to ${exported}.`),
        ...ids
          .filter((id) => !folders.includes(id))
          .map(
            (id) =>
              `${exported} lists ${id}, but there is no folder ${folder}/${id}. Add the folder or remove the entry.`,
          ),
      ];
    }),
  );
  return problems.flat();
}
