import { readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { defineCommand, JSON_OPTION, shareOption, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { makeModuleResolver } from '@selfheal/pull-request-quality/adapters/architecture/module-resolver.ts';
import { openSourceTree } from '@selfheal/pull-request-quality/adapters/architecture/source-tree.ts';
import { makeSourceLexer } from '@selfheal/pull-request-quality/adapters/parsers/source-lexer.ts';
import { pathPattern } from '@selfheal/pull-request-quality/domain/test-selection/file-kinds.ts';
import {
  type Selection,
  type SelectionSettings,
  summaryOf,
} from '@selfheal/pull-request-quality/domain/test-selection/select-tests.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { runGit } from '#apps/workbench/input/git.ts';
import { readRunOrigin } from '#apps/workbench/input/run-origin.ts';
import { chosenPlace, stateAt, stateOption, withState } from '#apps/workbench/input/state-place.ts';
import { argumentsOf, countOf, FORMATS, formatOf } from '#apps/workbench/selection/selected-formats.ts';
import { selectionBaseOf } from '#apps/workbench/selection/selection-base.ts';
import { appendOutput, writeOutput } from '#shared/adapters/system/output-files.ts';

const THRESHOLD = { otherwise: 20, atMost: 1_000_000 };
const SAMPLE = 0.05;
/** Lines that the job's log gets of either list; `--json` has all. */
const MAX_LINES = 200;

export const testSelect = defineCommand({
  name: 'test select',
  summary: 'choose the tests that a change can break, and say why',
  details:
    'Run it in a full clone (fetch-depth: 0), or name its folder. What to run is printed on stdout in the form of --format, the rest on stderr: mode, reason, each test with\n' +
    'why it runs, and what is skipped. In doubt everything runs: more changed files than the threshold, workflows, manifests, lockfiles, configuration,\n' +
    'kinds of files whose tests are not known, submodules, a shallow clone, a base that is gone. In a job it sets the outputs mode, reason, tests, run,\n' +
    'skipped and sampled. With nothing to run stdout is empty, which most runners take for everything: test the output "run" first.\n' +
    'With --json: {mode, reason, changed, run: [{file, why, sampled}], skipped, arguments}.\n' +
    '\n' +
    'Example: selfheal test select --base origin/main --format pytest --out selection.json',
  operands: { shown: '[PATH]', atLeast: 0, atMost: 1 },
  options: {
    base: {
      type: 'string',
      value: 'REF',
      about: 'the commit or branch that the change goes into; origin/GITHUB_BASE_REF or origin/main by default',
    },
    format: { type: 'string', value: 'FORMAT', about: `${FORMATS.join(', ')}; list by default` },
    threshold: {
      type: 'string',
      value: 'N',
      about: `changed files above which everything runs; TEST_SELECTION_THRESHOLD or ${THRESHOLD.otherwise} by default`,
    },
    critical: {
      type: 'string',
      value: 'PATTERN',
      multiple: true,
      about: 'further paths, with * and **, whose change runs everything',
    },
    sample: {
      type: 'string',
      value: 'SHARE',
      about: `share of the skipped tests that run anyway, to measure what is missed; ${SAMPLE} by default`,
    },
    ...stateOption('with coverage map and history'),
    out: { type: 'string', value: 'FILE', about: 'write the selection for "test record"' },
    ...JSON_OPTION,
  },
  async run({ operands: [folder = '.'], options }, terminal) {
    const { environment } = terminal;
    const format = formatOf(options.format);
    const settings = settingsOf(options, environment);
    const root = (await runGit(folder, 'rev-parse', '--show-toplevel'))?.trimEnd();
    if (root === undefined)
      throw new UsageError(
        `${folder}: git finds no repository here, so nobody knows what changed. Run it in the checkout, or name its folder.`,
      );
    const { base, whole } =
      options.base === undefined
        ? await selectionBaseOf(readRunOrigin(environment), (...args) => runGit(root, ...args))
        : { base: options.base, whole: null };
    const [{ selectForChange }, { selectionFileOf }] = await Promise.all([
      import('@selfheal/pull-request-quality/app/test-selection/select-for-change.ts'),
      import('@selfheal/pull-request-quality/app/test-selection/record-misses.ts'),
    ]);
    const tree = await openSourceTree(root, runGit);
    const textOf = (file: string): string | null => {
      try {
        return readFileSync(join(root, file), 'utf8');
      } catch {
        return null;
      }
    };
    const resolverOf = (files: readonly string[]) => makeModuleResolver(files, textOf);
    const { state } = stateAt(options.state, terminal);
    const place = chosenPlace(options.state, environment);
    const own = [
      ...(place.kind === 'folder' ? [place.folder] : []),
      ...(options.out === undefined ? [] : [options.out]),
    ];
    const ownPaths = own.map((path) => relative(root, resolve(path)).split(sep).join('/'));
    const git = (...args: readonly string[]) => runGit(root, ...args);
    const selection = await withState(() =>
      selectForChange({ git, tree, lexer: makeSourceLexer(), resolverOf, state, base, whole, ownPaths, settings }),
    );
    const words = argumentsOf(selection, format);
    if (options.out !== undefined)
      await writeOutput(options.out, `${JSON.stringify(selectionFileOf(selection))}\n`, '--out');
    if (environment.GITHUB_OUTPUT) {
      const outputs = outputsOf(selection, words, countOf(selection, format));
      await appendOutput(environment.GITHUB_OUTPUT, outputs, 'GITHUB_OUTPUT');
    }
    if (options.json === true)
      await terminal.write(`${JSON.stringify({ ...selection, arguments: words.trimEnd() })}\n`);
    else {
      explain(selection, terminal);
      await terminal.write(words);
    }
    return 0;
  },
});

type Environment = Readonly<Record<string, string | undefined>>;

function settingsOf(
  options: { threshold?: string | undefined; sample?: string | undefined; critical?: readonly string[] | undefined },
  environment: Environment,
): SelectionSettings {
  const enabled = environment.TEST_SELECTION_ENABLED || 'true';
  if (!/^(?:true|false)$/i.test(enabled))
    throw new UsageError(`TEST_SELECTION_ENABLED is "${enabled}": expected true or false.`);
  const given = options.threshold ?? (environment.TEST_SELECTION_THRESHOLD || undefined);
  const name = options.threshold === undefined ? 'TEST_SELECTION_THRESHOLD' : 'threshold';
  if (given !== undefined && name !== 'threshold' && !/^\d{1,7}$/.test(given))
    throw new UsageError(`${name} is "${given}": expected a whole number.`);
  return {
    enabled: enabled.toLowerCase() === 'true',
    threshold: wholeNumber('threshold', given, THRESHOLD),
    critical: (options.critical ?? []).map(pathPattern),
    sample: shareOption('sample', options.sample, SAMPLE),
  };
}

/** Values have no line breaks but the list of tests; a delimiter that no path can hold ends it. */
function outputsOf(selection: Selection, words: string, run: number): string {
  const end = 'SELFHEAL"TESTS';
  const lines = [
    ...Object.entries({ ...summaryOf(selection), run }).map(([name, value]) => `${name}=${value}`),
    `tests<<${end}`,
    words.trimEnd(),
    end,
  ];
  return `${lines.join('\n')}\n`;
}

function explain({ mode, reason, changed, run, skipped }: Selection, terminal: Terminal): void {
  const say = (line: string): void => terminal.say(cleanText(line, 400));
  say(`mode: ${mode}. ${reason}`);
  say(
    `changed: ${changed.length === 0 ? 'nothing' : `${changed.slice(0, 10).join(', ')}${changed.length > 10 ? ', ...' : ''}`}`,
  );
  say(`run ${run.length}, skip ${skipped.length}`);
  if (mode === 'full') return;
  for (const { file, why } of run.slice(0, MAX_LINES)) say(`run ${file}: ${why}`);
  if (run.length > MAX_LINES) say(`run ${run.length - MAX_LINES} more`);
  for (const file of skipped.slice(0, MAX_LINES)) say(`skip ${file}: depends on nothing that changed`);
  if (skipped.length > MAX_LINES) say(`skip ${skipped.length - MAX_LINES} more that depend on nothing that changed`);
}
