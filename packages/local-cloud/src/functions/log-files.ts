import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Authorizer } from '../iam/authorizer.ts';
import type { FunctionDefinition } from './definition.ts';

/** Writes functions' output to `<dataDir>/logs/<function>.log`, if their roles may write logs. */
export function makeLogFiles(dataDir: string, authorizer: Authorizer, place: { region: string; account: string }) {
  const directory = join(dataDir, 'logs');
  mkdirSync(directory, { recursive: true });
  const files = new Map<string, WriteStream>();
  return {
    write(definition: FunctionDefinition, text: string): void {
      const group = `arn:aws:logs:${place.region}:${place.account}:log-group:${definition.logGroup}`;
      const refused = authorizer.refusedFor(definition.role, [
        { action: 'logs:CreateLogStream', resource: `${group}:log-stream:local` },
        { action: 'logs:PutLogEvents', resource: `${group}:log-stream:local` },
      ]);
      if (refused !== null) return;
      let file = files.get(definition.name);
      if (file === undefined) {
        file = createWriteStream(join(directory, `${definition.name}.log`), { flags: 'a' });
        files.set(definition.name, file);
      }
      file.write(text);
    },
    async stop(): Promise<void> {
      await Promise.all([...files.values()].map((file) => new Promise<void>((done) => file.end(() => done()))));
    },
  };
}
