import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Entry, Header } from '@selfheal/local-cloud/workflow/entries.ts';
import { Store } from '@selfheal/local-cloud/workflow/store.ts';

/** Complete lines of every journal in a folder, running and ended. */
export function readJournals(dataDir: string): string[][] {
  const journals = new Map<string, string>();
  for (const folder of ['ended', 'running']) {
    const dir = join(dataDir, folder);
    for (const name of existsSync(dir) ? readdirSync(dir) : []) {
      if (!/\.jsonl(\.gz)?$/.test(name)) continue;
      const bytes = readFileSync(join(dir, name));
      journals.set(name.replace(/\.gz$/, ''), (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
    }
  }
  return [...journals.values()].map((text) => text.split('\n').slice(0, -1));
}

export interface Attempts {
  /** Attempts whose outcome (or hand-over) is recorded: none of them may run again. */
  readonly settled: Set<string>;
  /** Tokens handed out and not answered, with the arguments of their task. */
  readonly waiting: { readonly token: string; readonly arguments: unknown }[];
}

/** Reads the attempts out of a journal, without the engine's own reader. */
export function attemptsIn(lines: readonly string[]): Attempts {
  const steps = new Map<string, number>();
  const retries = new Map<string, number>();
  const open = new Map<string, { token: string | null; submitted: boolean; arguments: unknown }>();
  const settled = new Set<string>();
  for (const line of lines) {
    const entry = JSON.parse(line) as Entry;
    if (!('scope' in entry)) continue;
    const { scope } = entry;
    const id = `${scope}#${steps.get(scope) ?? 0}.${retries.get(scope) ?? 0}`;
    if (entry.type === 'entered') {
      steps.set(scope, (steps.get(scope) ?? 0) + 1);
      retries.set(scope, 0);
    }
    if (entry.type === 'retrying') retries.set(scope, (retries.get(scope) ?? 0) + 1);
    if (entry.type === 'scheduled')
      open.set(scope, { token: entry.token, submitted: false, arguments: entry.arguments });
    const task = open.get(scope);
    if (entry.type === 'submitted' && task) {
      task.submitted = true;
      settled.add(id);
    }
    if (entry.type === 'succeeded' || entry.type === 'failed') {
      settled.add(id);
      for (const path of [...open.keys()]) if (path === scope || path.startsWith(`${scope}/`)) open.delete(path);
    }
  }
  const waiting = [...open.values()].flatMap((task) => {
    return task.submitted && task.token !== null ? [{ token: task.token, arguments: task.arguments }] : [];
  });
  return { settled, waiting };
}

/** Leaves a journal on disk as a crash would: its first lines, perhaps with a torn one after them. */
export function writeCrashed(dataDir: string, lines: readonly string[], name: string, torn: string): string[] {
  const first = JSON.parse(lines[0] ?? '') as Extract<Entry, { type: 'started' }>;
  const executionArn = `${first.header.executionArn.split(':').slice(0, -1).join(':')}:${name}`;
  const header: Header = { ...first.header, executionArn, name };
  const readdressed = lines.slice(1).map((line) => readdress(line, executionArn));
  const { file } = new Store(dataDir).create(header);
  appendFileSync(file, readdressed.map((line) => `${line}\n`).join('') + torn);
  return readdressed;
}

/** Tokens carry the execution they belong to. */
function readdress(line: string, executionArn: string): string {
  const entry = JSON.parse(line) as Entry;
  if (entry.type !== 'scheduled' || entry.token === null) return line;
  const [, ...rest] = JSON.parse(Buffer.from(entry.token, 'base64url').toString('utf8')) as unknown[];
  const token = Buffer.from(JSON.stringify([executionArn, ...rest])).toString('base64url');
  return line.replaceAll(entry.token, token);
}
