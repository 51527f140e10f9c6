import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { Mapping } from '#shared/domain/webhooks/mapping.ts';

const FOLDER = join(import.meta.dirname, '../shared/data/mappings');
/** The mappings as the product reads them, because a parser of YAML costs a function's start 100 ms. `npm run mappings` writes it; a test compares it. */
export const MAPPINGS_FILE = join(import.meta.dirname, '../shared/plugins/sources/common/mappings.json');

/** The text of the file, without the examples, which only tests need. Throws for a file that is no mapping, naming it. */
export function packedMappings(): string {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  const mappings = files.map((name) => {
    const read = Mapping.safeParse(parse(readFileSync(join(FOLDER, name), 'utf8')));
    if (!read.success) throw new Error(`shared/data/mappings/${name}:\n${z.prettifyError(read.error)}`);
    const { examples: _, ...mapping } = read.data;
    return mapping;
  });
  return `${JSON.stringify(mappings, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(MAPPINGS_FILE, packedMappings());
