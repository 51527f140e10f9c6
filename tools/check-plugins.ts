import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The folder of each kind of plug-in, the export of its registry, and subfolders that are not plug-ins. */
const KINDS = [
  { kind: 'sources', exported: 'SOURCES', others: ['common'] },
  // Each playbook of the configuration becomes an action; the folder `playbook` is not one.
  { kind: 'actions', exported: 'ACTIONS', others: ['common', 'playbook'] },
  { kind: 'notifiers', exported: 'NOTIFIERS', others: ['common'] },
  { kind: 'reports', exported: 'REPORT_FORMATS', others: ['common'] },
  { kind: 'llm', exported: 'MODEL_PROVIDERS', others: ['common', 'protocol'] },
] as const;

/**
 * Compares the plug-in folders in `shared/plugins` of `root` with their registries. Returns a sentence for each folder that is not registered under
 * its name, and for each registered plug-in without a folder. Rejects if a registry cannot be loaded.
 */
export async function checkPlugins(root: string): Promise<string[]> {
  const problems = await Promise.all(
    KINDS.map(async ({ kind, exported, others }) => {
      const folder = join(root, 'shared/plugins', kind);
      const registry = (await import(pathToFileURL(join(folder, 'registry.ts')).href)) as Record<string, unknown>;
      const ids = (registry[exported] as { id: string }[]).map(({ id }) => id);
      const folders = readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !(others as readonly string[]).includes(entry.name))
        .map(({ name }) => name);
      return [
        ...folders
          .filter((name) => !ids.includes(name))
          .map((name) => `shared/plugins/${kind}/${name} is not in the registry: add it to ${exported}.`),
        ...ids
          .filter((id) => !folders.includes(id))
          .map(
            (id) =>
              `${exported} lists ${id}, but there is no folder shared/plugins/${kind}/${id}. Add the folder or remove the entry.`,
          ),
      ];
    }),
  );
  return problems.flat();
}
