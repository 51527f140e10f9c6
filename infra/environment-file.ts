import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvFile } from 'node:process';

/**
 * Reads the file `.env` of `folder`, if there is one, into the environment (`.env.example` lists what it may hold). What is set
 * already stays; what is set to nothing there counts as not set.
 */
export function loadEnvironmentFile(folder: string = join(import.meta.dirname, '..')): void {
  const file = join(folder, '.env');
  if (!existsSync(file)) return;
  const before = new Set(Object.keys(process.env));
  loadEnvFile(file);
  for (const [name, value] of Object.entries(process.env))
    if (value === '' && !before.has(name)) delete process.env[name];
}
