import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `selfheal help VARIABLE` says. `npm run commands` writes it from the guide; a test compares it. */
export const VARIABLE_LIST = 'apps/workbench/environment-variables.json';

const GUIDE = join(import.meta.dirname, '../docs/guide/environment.md');

/** Each environment variable with its meaning, in the words of the guide. Where a table has it again, the first counts. Those of tests are left out. */
export function listVariables(): string {
  const [tables = ''] = readFileSync(GUIDE, 'utf8').split('\n## Tests\n');
  const meanings: Record<string, string> = {};
  for (const [, names = '', meaning = ''] of tables.matchAll(/^\| (`[^|]+) \| (.+) \|$/gm))
    for (const [, name = ''] of names.matchAll(/`(\w+)`/g))
      meanings[name] ??= meaning.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
  return `${JSON.stringify(meanings, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '..', VARIABLE_LIST), listVariables());
