import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where each kind of plug-in lies, what its registry exports, and folders that hold no plug-in. */
const KINDS = [
  { kind: 'sources', exported: 'SOURCES', others: ['common'] },
  // Playbooks become actions by configuration, one each.
  { kind: 'actions', exported: 'ACTIONS', others: ['common', 'playbook'] },
  { kind: 'notifiers', exported: 'NOTIFIERS', others: ['common'] },
  { kind: 'llm', exported: 'MODEL_PROVIDERS', others: ['common', 'protocol'] },
] as const;

/**
 * What is wrong between the plug-in folders below `shared/plugins` of `root` and their registries, by name; empty when every folder is
 * registered under its own name and every registered plug-in has its folder. Rejects when a registry cannot be loaded.
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
          .map((id) => `${exported} lists ${id}, and there is no folder shared/plugins/${kind}/${id}.`),
      ];
    }),
  );
  return problems.flat();
}
