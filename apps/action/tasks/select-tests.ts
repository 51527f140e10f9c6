import { readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { makeModuleResolver } from '@selfheal/pull-request-quality/adapters/architecture/module-resolver.ts';
import { openSourceTree } from '@selfheal/pull-request-quality/adapters/architecture/source-tree.ts';
import { makeSourceLexer } from '@selfheal/pull-request-quality/adapters/parsers/source-lexer.ts';
import { selectionFileOf } from '@selfheal/pull-request-quality/app/test-selection/record-misses.ts';
import { selectForChange } from '@selfheal/pull-request-quality/app/test-selection/select-for-change.ts';
import { pathPattern } from '@selfheal/pull-request-quality/domain/test-selection/file-kinds.ts';
import type {
  Selection,
  SelectionSettings,
} from '@selfheal/pull-request-quality/domain/test-selection/select-tests.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { runGit } from '#apps/workbench/input/git.ts';
import { argumentsOf, countOf, formatOf } from '#apps/workbench/selection/selected-formats.ts';
import { selectionBaseOf } from '#apps/workbench/selection/selection-base.ts';
import { writeOutput } from '#shared/adapters/system/output-files.ts';
import type { Task, TaskInput } from '../task.ts';

const THRESHOLD = 20;
const SAMPLE = 0.05;
const MAX_LINES = 200;
/** Which tests were drawn from the skipped ones, for `record-tests` after the tests. */
const SELECTION = 'selection.json';

/** Chooses the files of tests that the change can break. In doubt, and when it fails, everything runs: then `arguments` is empty. */
export const task: Task = {
  async run(input) {
    const { inputs, job } = input;
    const format = formatOf(inputs.runner === '' ? undefined : inputs.runner);
    const settings = settingsOf(input);
    const root = job.workspace;
    const git = (...args: readonly string[]) => runGit(root, ...args);
    const { base, whole } = await selectionBaseOf(job.origin, git);
    const textOf = (file: string): string | null => {
      try {
        return readFileSync(join(root, file), 'utf8');
      } catch {
        return null;
      }
    };
    const selection = await selectForChange({
      git,
      tree: await openSourceTree(root, runGit),
      lexer: makeSourceLexer(),
      resolverOf: (files) => makeModuleResolver(files, textOf),
      state: await input.state(),
      // In the checkout: what was restored from the cache, and what the steps before left.
      ownPaths: [...(inputs.state.kind === 'folder' ? [inputs.state.folder] : []), inputs.results, inputs.out].map(
        (path) => relative(root, resolve(root, path)).split(sep).join('/'),
      ),
      base,
      whole,
      settings,
    });
    explain(selection, input.say);
    const selectionFile = join(resolve(root, inputs.out), SELECTION);
    await writeOutput(selectionFile, `${JSON.stringify(selectionFileOf(selection))}\n`, 'out');
    const { mode, reason, run, skipped } = selection;
    const sampled = run.filter((one) => one.sampled).length;
    const summary = { mode, reason: reason.slice(0, 300), run: run.length, skipped: skipped.length, sampled };
    return {
      status: 'passed',
      summary:
        mode === 'full'
          ? phrase`All test files run. ${redactName(reason, 300)}`
          : phrase`Test files to run: ${run.length}, skipped: ${skipped.length}. ${redactName(reason, 300)}`,
      facts: [{ kind: 'selection', summary }],
      outputs: {
        mode,
        run: String(countOf(selection, format)),
        skipped: String(skipped.length),
        'selection-file': selectionFile,
        arguments: mode === 'full' ? '' : argumentsOf(selection, format).trimEnd(),
      },
    };
  },
};

function settingsOf({ environment }: TaskInput): SelectionSettings {
  const { TEST_SELECTION_ENABLED: enabled = 'true', TEST_SELECTION_THRESHOLD: threshold = '' } = environment;
  if (!/^(?:true|false)$/i.test(enabled))
    throw new InvalidInput(`TEST_SELECTION_ENABLED is "${enabled}": expected true or false.`);
  if (!/^\d{0,6}$/.test(threshold))
    throw new InvalidInput(`TEST_SELECTION_THRESHOLD is "${threshold}": expected a whole number.`);
  return {
    enabled: enabled.toLowerCase() === 'true',
    threshold: threshold === '' ? THRESHOLD : Number(threshold),
    critical: (environment.TEST_SELECTION_CRITICAL ?? '')
      .split(/[\n,]/)
      .flatMap((path) => (path.trim() === '' ? [] : [pathPattern(path.trim())])),
    sample: SAMPLE,
  };
}

function explain({ mode, reason, run, skipped }: Selection, say: (text: string) => void): void {
  say(cleanText(`mode: ${mode}. ${reason}`, 400));
  for (const { file, why } of run.slice(0, MAX_LINES)) say(cleanText(`run ${file}: ${why}`, 400));
  for (const file of skipped.slice(0, MAX_LINES)) say(cleanText(`skip ${file}`, 400));
}
