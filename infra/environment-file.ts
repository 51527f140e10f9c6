import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvFile } from 'node:process';

/**
 * Loads `.env` from `folder` into the environment, if the file exists (`.env.example` lists the variables). Variables that are already set keep
 * their value; an empty value in the file counts as unset.
 */
export function loadEnvironmentFile(folder: string = join(import.meta.dirname, '..')): void {
  const file = join(folder, '.env');
  if (!existsSync(file)) return;
  const before = new Set(Object.keys(process.env));
  loadEnvFile(file);
  for (const [name, value] of Object.entries(process.env))
    if (value === '' && !before.has(name)) delete process.env[name];
}
