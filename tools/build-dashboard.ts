import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '..');

/** Builds the dashboard to `outDir`, which is emptied first. Throws an error that names the file for code that does not build. */
async function buildDashboard(outDir: string): Promise<void> {
  const root = join(ROOT, 'apps/dashboard');
  // Under a test runner it is `test`, and React would be built for development: larger and slower.
  process.env.NODE_ENV = 'production';
  await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir } });
}

const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'dist/dashboard') } } });
try {
  await buildDashboard(values.out);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
