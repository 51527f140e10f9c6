import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applyPatch } from '@selfheal/patch-guard/apply-patch.ts';
import { readDiff } from '@selfheal/patch-guard/read-diff.ts';
import { renderDiff } from '@selfheal/patch-guard/render-diff.ts';
import { sandboxInputs } from '@selfheal/patch-guard/sandbox-run.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SANDBOX } from '../../../e2e/support/sandbox.ts';

/** A stand-in for Docker: notes the flags, and runs the command in the working folder. */
const DOCKER = `#!/usr/bin/env bash
image='node:24'; flags=()
while [ "$1" != "$image" ]; do flags+=("$1"); shift; done
echo "\${flags[*]}" >> "$RUNNER_TEMP/flags"
shift; cd "$RUNNER_TEMP/work"; exec "$@"
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  put('bin/docker', DOCKER);
  chmodSync(join(folder, 'bin/docker'), 0o755);
  mkdirSync(join(folder, 'temp'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

interface Step {
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

/** Runs the scripts of the workflow's steps in a repository with these files, as GitHub's runner does, and gives the flags of the containers. */
function runSteps(files: Readonly<Record<string, string>>, patch: string, test: string): string[] {
  for (const [path, text] of Object.entries(files)) put(`work/${path}`, text);
  const cwd = join(folder, 'work');
  execFileSync('git', ['init', '-q'], { cwd });
  const { jobs } = parse(SANDBOX) as { jobs: { try: { steps: Step[]; env: Record<string, string> } } };
  for (const { env = {}, run } of jobs.try.steps) {
    if (run === undefined) continue;
    const inputs = Object.fromEntries(Object.keys(env).map((name) => [name, patch]));
    execFileSync('bash', ['-e', '-c', run], {
      cwd,
      stdio: 'pipe',
      env: {
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        RUNNER_TEMP: join(folder, 'temp'),
        ...jobs.try.env,
        PREPARE: 'true',
        TEST: test,
        ...inputs,
      },
    });
  }
  return readFileSync(join(folder, 'temp/flags'), 'utf8').trim().split('\n');
}

const BEFORE: Readonly<Record<string, string>> = {
  'src/cart.ts': 'export const a = 1;\nexport const b = "ü";\nexport const c = 3;\n',
  'src/old.ts': 'no line end',
};
const DIFF = `--- a/src/cart.ts
+++ b/src/cart.ts
@@ -1,3 +1,4 @@
 export const a = 1;
-export const b = "ü";
+export const b = "€ '$(touch broken)'";
+export const d = 4;
 export const c = 3;
--- a/src/old.ts
+++ b/src/old.ts
@@ -1 +1 @@
-no line end
\\ No newline at end of file
+a line end
--- /dev/null
+++ b/test/new.test.ts
@@ -0,0 +1 @@
+export {};
`;

describe('the scripts of the sandbox', () => {
  it('put the diff that is sent on a copy of the files, exactly as it would be written, without a network from then on', () => {
    const read = readDiff(DIFF);
    if (read.kind !== 'read') throw new Error('The diff cannot be read.');
    const modes = new Map(Object.keys(BEFORE).map((path) => [path, '100644']));
    const applied = applyPatch(read.changes, { modes, contentOf: (path) => BEFORE[path] ?? null });
    if (applied.kind !== 'applied') throw new Error('The diff does not apply.');
    const inputs = sandboxInputs('a'.repeat(40), renderDiff(applied.files), 'b'.repeat(32));
    const flags = runSteps(BEFORE, inputs?.patch ?? '', 'test ! -e broken && echo tested > tested');
    for (const { path, after } of applied.files)
      expect(readFileSync(join(folder, 'temp/work', path), 'utf8')).toBe(after);
    expect(readFileSync(join(folder, 'temp/work/tested'), 'utf8')).toBe('tested\n');
    expect(flags.map((line) => line.includes('--network none'))).toEqual([false, true, true]);
    for (const [path, text] of Object.entries(BEFORE))
      expect(readFileSync(join(folder, 'work', path), 'utf8')).toBe(text);
    for (const line of flags) expect(line).toContain('--cap-drop ALL --security-opt no-new-privileges');
  });

  it('fail where the diff does not apply and where the tests fail', () => {
    const patch = Buffer.from(DIFF).toString('base64');
    expect(() => runSteps({ ...BEFORE, 'src/cart.ts': 'other\n' }, patch, 'true')).toThrow(/patch failed/);
    for (const place of ['temp', 'work']) rmSync(join(folder, place), { recursive: true });
    mkdirSync(join(folder, 'temp'));
    expect(() => runSteps(BEFORE, patch, 'exit 3')).toThrow(/Command failed/);
    expect(readFileSync(join(folder, 'temp/flags'), 'utf8').trim().split('\n')).toHaveLength(3);
  });
});
