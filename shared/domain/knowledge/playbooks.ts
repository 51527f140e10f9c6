import type { DataFile } from '@selfheal/diagnosis/failure/signatures.ts';
import * as z from 'zod';
import { KnowledgeEntry } from './knowledge-entry.ts';

/** An entry as written in the file, without what all built-in entries share. */
const Playbook = KnowledgeEntry.pick({
  id: true,
  title: true,
  class: true,
  keywords: true,
  rootCause: true,
  resolution: true,
  prevention: true,
  confidence: true,
}).strict();
const PlaybookFile = z.strictObject({ playbooks: z.array(z.unknown()) });

/** Knowledge entries of the valid playbooks; each problem names the file, the playbook and the reason. */
export function parsePlaybooks(files: readonly DataFile[]): { entries: KnowledgeEntry[]; problems: string[] } {
  const problems: string[] = [];
  const byId = new Map<string, KnowledgeEntry>();
  for (const { name, content } of files) {
    const file = PlaybookFile.safeParse(content);
    if (!file.success) {
      problems.push(`${name}: needs a list named "playbooks"`);
      continue;
    }
    file.data.playbooks.forEach((value, index) => {
      const parsed = Playbook.safeParse(value);
      const id = (value as { id?: unknown } | null)?.id;
      const where = `${name}, playbook ${typeof id === 'string' ? id : `number ${index + 1}`}`;
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        problems.push(`${where}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
      } else if (byId.has(parsed.data.id)) problems.push(`${where}: the id is already taken`);
      else byId.set(parsed.data.id, entryOf(parsed.data));
    });
  }
  return { entries: [...byId.values()], problems };
}

function entryOf(playbook: z.infer<typeof Playbook>): KnowledgeEntry {
  return {
    version: 1,
    ...playbook,
    keywords: playbook.keywords.map((keyword) => keyword.toLowerCase()),
    origin: 'playbook',
    fingerprints: [],
    successes: 0,
    failures: 0,
    updatedAt: null,
  };
}
