import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PLACE } from './stacks.ts';

/** Writes a cloud assembly of these templates, hands its folder over, and removes it. */
export function withAssembly<T>(templates: Readonly<Record<string, unknown>>, use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'fuzz-assembly-'));
  try {
    const artifacts = Object.keys(templates).map((name) => [
      name,
      {
        type: 'aws:cloudformation:stack',
        environment: `aws://${PLACE.account}/${PLACE.region}`,
        properties: { templateFile: `${name}.json`, stackName: name },
      },
    ]);
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts: Object.fromEntries(artifacts) }));
    for (const [name, template] of Object.entries(templates)) {
      writeFileSync(join(directory, `${name}.json`), JSON.stringify(template));
    }
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
