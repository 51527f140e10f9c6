import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFolder } from './run-command.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LAUNCHER = join(ROOT, 'apps/cli/selfheal.mjs');
const { version, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  bin: Record<string, string>;
};

const run = (launcher: string, ...args: string[]) =>
  spawnSync(process.execPath, [launcher, ...args], { cwd: aFolder(), encoding: 'utf8' });

describe('the selfheal command', () => {
  it('is what the package installs, and runs from any folder', () => {
    expect(bin).toEqual({ selfheal: 'apps/cli/selfheal.mjs' });
    expect(run(LAUNCHER, '--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(run(LAUNCHER, 'nothing')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Unknown command'),
    });
  });

  it('hands an older Node on to the pinned one, and says how to get it where it is missing', () => {
    const older = join(aFolder(), 'older.mjs');
    // Node 20 has fewer names to import: one that is missing fails before a line of the launcher has run.
    const modules = `data:text/javascript,import{createRequire}from'node:module';export{createRequire};export default{createRequire}`;
    const imitate = `import { registerHooks } from 'node:module';
      registerHooks({ resolve: (name, context, next) => name === 'node:module' && context.parentURL.endsWith('/selfheal.mjs')
        ? { url: ${JSON.stringify(modules)}, shortCircuit: true } : next(name, context) });
      Object.defineProperty(process.versions, 'node', { value: '20.11.0' }); await import(process.argv[2]);`;
    const script = (launcher: string) =>
      spawnSync(
        process.execPath,
        ['--input-type=module', '-e', imitate.replace('process.argv[2]', JSON.stringify(launcher)), older, '--version'],
        {
          cwd: aFolder(),
          encoding: 'utf8',
        },
      );
    expect(script(LAUNCHER)).toMatchObject({ status: 0, stdout: expect.stringContaining(version) });
    const alone = join(aFolder(), 'apps/cli');
    mkdirSync(alone, { recursive: true });
    cpSync(LAUNCHER, join(alone, 'selfheal.mjs'));
    const { status, stderr } = script(join(alone, 'selfheal.mjs'));
    // A package has no checkout in which "npm ci" would help.
    const stderrOfPackage = 'selfheal: this is Node 20.11.0, which is too old. Use Node 24.\n';
    expect({ status, stderr }).toEqual({ status: 2, stderr: stderrOfPackage });
  });
});
