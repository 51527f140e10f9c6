import { shellWord, UsageError } from '@selfheal/cli-kit/command.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { folderOf } from '@selfheal/pull-request-quality/domain/test-selection/file-kinds.ts';
import type { Selection } from '@selfheal/pull-request-quality/domain/test-selection/select-tests.ts';

export const FORMATS = ['list', 'pytest', 'jest', 'vitest', 'go'] as const;
export type Format = (typeof FORMATS)[number];

export function formatOf(given: string | undefined): Format {
  const found = FORMATS.find((one) => one === (given ?? 'list'));
  if (found === undefined) throw new UsageError(`--format: ${unknownValue('format', given ?? '', FORMATS)}`);
  return found;
}

/** What a runner takes for all of its tests. A list names every file of tests instead. */
const EVERYTHING: Readonly<Record<Exclude<Format, 'list'>, string>> = {
  pytest: '.',
  jest: '.',
  vitest: '.',
  go: './...',
};
const OWN: Readonly<Record<Format, RegExp>> = {
  list: /./,
  pytest: /\.py$/,
  jest: /\.[cm]?[jt]sx?$/,
  vitest: /\.[cm]?[jt]sx?$/,
  go: /\.go$/,
};

const ownFiles = (selection: Selection, format: Format): string[] =>
  selection.run.map(({ file }) => file).filter((file) => OWN[format].test(file));

/**
 * How many files of tests the runner of the format is given: 0 means that it need not start. In the full mode it finds its tests by itself and always
 * starts, whether or not one has a name that is known here.
 */
export const countOf = (selection: Selection, format: Format): number =>
  Math.max(ownFiles(selection, format).length, selection.mode === 'full' ? 1 : 0);

/** A path that no program takes for an option. */
const plain = (file: string): string => (file.startsWith('-') ? `./${file}` : file);

/** The arguments for a runner, quoted for a shell and on one line; for `list` one path per line. Empty when nothing is to run. */
export function argumentsOf(selection: Selection, format: Format): string {
  const files = ownFiles(selection, format);
  if (format === 'list') return files.map((file) => `${plain(file)}\n`).join('');
  if (selection.mode === 'full') return `${EVERYTHING[format]}\n`;
  const words = {
    pytest: () => files.map(plain),
    // Jest takes regular expressions, Vitest parts of a path.
    jest: () => files.map((file) => `${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/^-/, '[-]')}$`),
    vitest: () => files.map(plain),
    go: () => [...new Set(files.map((file) => (folderOf(file) === '' ? '.' : `./${folderOf(file)}`)))],
  }[format]();
  return words.length === 0 ? '' : `${words.map(shellWord).join(' ')}\n`;
}
