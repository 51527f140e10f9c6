import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { makeModuleResolver } from '@selfheal/pull-request-quality/adapters/architecture/module-resolver.ts';
import { openSourceTree } from '@selfheal/pull-request-quality/adapters/architecture/source-tree.ts';
import { makeSourceLexer } from '@selfheal/pull-request-quality/adapters/parsers/source-lexer.ts';
import { selectForChange } from '@selfheal/pull-request-quality/app/test-selection/select-for-change.ts';
import { isTestFile } from '@selfheal/pull-request-quality/domain/test-selection/file-kinds.ts';
import type { Selection } from '@selfheal/pull-request-quality/domain/test-selection/select-tests.ts';
import { runGit } from '#apps/workbench/input/git.ts';
import { type Files, faultIn, makeGrownRepository } from './grown-repository.ts';

/** What selection did with faults that at least one test shows. */
export interface SelectionFigures {
  readonly faults: number;
  /** None of the tests that show it was selected. */
  readonly missed: number;
  /** Tests that show a fault, and those of them that were skipped. */
  readonly showing: number;
  readonly showingSkipped: number;
  /** Tests over all faults. */
  readonly tests: number;
  readonly skipped: number;
  readonly full: number;
  readonly missedIn: readonly string[];
}

const COMMITS = 200;
/** Commits before the first fault: the repository has to have tests. */
const FIRST = 20;
const NODE_RUNNER = `
const failed = [];
for (const file of JSON.parse(process.argv[2])) {
  try { await (await import(process.argv[1] + '/' + file)).run(); } catch { failed.push(file); }
}
process.stdout.write(JSON.stringify(failed));`;
const PYTHON_RUNNER = `
import importlib.util, json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
failed = []
for file in json.loads(sys.argv[2]):
    try:
        spec = importlib.util.spec_from_file_location(file.replace("/", "_")[:-3], sys.argv[1] + "/" + file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.test_value()
    except Exception:
        failed.append(file)
print(json.dumps(failed))`;

/**
 * Plants faults in a repository that a script grows over 200 commits, one at a time, and runs every test of it each time: which tests show the fault
 * is what really happened.
 */
export async function plantFaults(
  seed: number,
  faults: number,
  progress: (done: number) => void,
): Promise<SelectionFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-grown-'));
  try {
    return await planted(folder, seed, faults, progress);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function planted(
  folder: string,
  seed: number,
  faults: number,
  progress: (done: number) => void,
): Promise<SelectionFigures> {
  const git = (...args: string[]): void => {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'gc.auto=0'];
    execFileSync('git', ['-C', folder, ...identity, ...args], { stdio: 'ignore' });
  };
  git('init', '--quiet');
  const repository = makeGrownRepository(seed);
  const random = numbersFrom(seed + 1);
  const sums = { faults: 0, missed: 0, showing: 0, showingSkipped: 0, tests: 0, skipped: 0, full: 0 };
  const missedIn: string[] = [];
  for (let commit = 0; commit < COMMITS; commit += 1) {
    write(folder, repository.grow());
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '-m', `commit ${commit}`);
    if (commit < FIRST) continue;
    const wanted = Math.ceil((faults * (commit - FIRST + 1)) / (COMMITS - FIRST));
    for (let tries = 0; sums.faults < wanted && tries < 60; tries += 1) {
      const paths = [...repository.files.keys()].filter(
        (path) => !isTestFile(path) && !/\.md$|package\.json$/.test(path),
      );
      const path = paths[Math.floor(random() * paths.length)] ?? '';
      const text = repository.files.get(path) ?? '';
      const faulty = faultIn(text, random);
      if (faulty === null) continue;
      write(folder, { [path]: faulty });
      const all = [...repository.files.keys()].filter(isTestFile);
      const failed = runAll(folder, all);
      if (failed.length > 0) {
        const selection = await selected(folder);
        const ran = new Set(selection.run.map(({ file }) => file));
        const unseen = failed.filter((test) => !ran.has(test));
        sums.faults += 1;
        sums.missed += unseen.length === failed.length ? 1 : 0;
        if (unseen.length > 0) missedIn.push(`${path} (commit ${commit}): ${unseen.length} of ${failed.length} tests`);
        sums.showing += failed.length;
        sums.showingSkipped += unseen.length;
        sums.tests += all.length;
        sums.skipped += selection.skipped.length;
        sums.full += selection.mode === 'full' ? 1 : 0;
        if (sums.faults % 50 === 0) progress(sums.faults);
      }
      write(folder, { [path]: text });
    }
  }
  return { ...sums, missedIn };
}

function write(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (text === null) rmSync(join(folder, path));
    else writeFileSync(join(folder, path), text);
  }
}

/** The tests that fail when all are run. */
function runAll(folder: string, tests: readonly string[]): string[] {
  const run = (program: string, args: readonly string[], own: readonly string[]): string[] =>
    own.length === 0
      ? []
      : JSON.parse(execFileSync(program, [...args, folder, JSON.stringify(own)], { encoding: 'utf8' }));
  return [
    ...run(
      process.execPath,
      ['--no-warnings', '--input-type=module', '-e', NODE_RUNNER],
      tests.filter((file) => file.endsWith('.ts')),
    ),
    ...run(
      'python3',
      ['-c', PYTHON_RUNNER],
      tests.filter((file) => file.endsWith('.py')),
    ),
  ];
}

async function selected(folder: string): Promise<Selection> {
  const textOf = (file: string): string | null => {
    try {
      return readFileSync(join(folder, file), 'utf8');
    } catch {
      return null;
    }
  };
  return await selectForChange({
    git: (...args) => runGit(folder, ...args),
    tree: await openSourceTree(folder, runGit),
    lexer: makeSourceLexer(),
    resolverOf: (files) => makeModuleResolver(files, textOf),
    state: null,
    whole: null,
    ownPaths: [],
    base: 'HEAD',
    settings: { enabled: true, threshold: 20, critical: [], sample: 0 },
  });
}
