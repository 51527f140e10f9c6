import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { preProcessFile } from 'typescript';

/** The part of the repository to which a file belongs, by folder, the first that fits. Files that a Lambda function loads belong to the product, unless a
 * library has them. */
const PARTS: readonly (readonly [part: string, folders: RegExp])[] = [
  ['product', /^(?:shared|functions|infra|statemachines)\//],
  ['command line', /^apps\/cli\//],
  ['action', /^apps\/action\//],
  ['dashboard', /^apps\/dashboard\//],
  ['guide', /^apps\/guide\//],
  ['local cloud', /^(?:apps\/local|packages\/(?:local-cloud|fake-[^/]+))\//],
  ['libraries', /^packages\//],
  ['lab', /^lab\//],
  ['tools', /^tools\//],
];
const PRINTED = [...PARTS.map(([part]) => part), 'other'];
/** Files that are expected to be small: composition roots, barrels and registries. */
const EXPECTED_SMALL = /^functions\/[^/]+\/(?:config|main)\.ts$|(?:^|\/)(?:index|registry)\.ts$/;
const SMALL_LINES = 25;

interface House {
  /** Lines of each part. */
  readonly lines: ReadonlyMap<string, number>;
  /** Lines that at least one Lambda function loads. */
  readonly inLambda: number;
  readonly small: readonly string[];
  /** Pairs of folders that import each other, types included; not a folder and its subfolder. */
  readonly ties: readonly string[];
  /** Groups of files with circular imports, types included. */
  readonly circles: readonly (readonly string[])[];
}

/** Measures the structure of `files`: paths of TypeScript and JavaScript below `root`, without tests. `aliases` maps import prefixes to folders. */
export function measureHouse(root: string, files: readonly string[], aliases: Readonly<Record<string, string>>): House {
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const imports = new Map(files.map((file) => [file, importsOf(file, texts.get(file) ?? '', aliases, texts)]));
  const linesOf = (file: string) => (texts.get(file) ?? '').split('\n').length - 1;
  const loaded = reachedFrom(
    files.filter((file) => /^functions\/[^/]+\/main\.ts$/.test(file)),
    imports,
  );
  const partOf = (file: string) => {
    const part = PARTS.find(([, folders]) => folders.test(file))?.[0] ?? 'other';
    return loaded.has(file) && part !== 'libraries' ? 'product' : part;
  };
  const lines = new Map<string, number>();
  for (const file of files) lines.set(partOf(file), (lines.get(partOf(file)) ?? 0) + linesOf(file));
  return {
    lines,
    inLambda: [...loaded].reduce((sum, file) => sum + linesOf(file), 0),
    small: files.filter((file) => linesOf(file) < SMALL_LINES && !EXPECTED_SMALL.test(file)),
    ties: twoWayTies(imports),
    circles: circlesOf(imports),
  };
}

function importsOf(
  file: string,
  text: string,
  aliases: Readonly<Record<string, string>>,
  known: ReadonlyMap<string, string>,
): string[] {
  return preProcessFile(text, true, true).importedFiles.flatMap(({ fileName }) => {
    const alias = Object.keys(aliases).find((start) => fileName.startsWith(start));
    const path = fileName.startsWith('.')
      ? join(dirname(file), fileName)
      : alias === undefined
        ? ''
        : (aliases[alias] ?? '') + fileName.slice(alias.length);
    return known.has(path) ? [path] : [];
  });
}

function reachedFrom(entries: readonly string[], imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    waiting.push(...(imports.get(file) ?? []));
  }
  return reached;
}

const isWithin = (inner: string, outer: string): boolean => `${inner}/`.startsWith(`${outer}/`);

function twoWayTies(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const ties = new Set<string>();
  for (const [file, targets] of imports) {
    for (const target of targets) {
      const [from, to] = [dirname(file), dirname(target)];
      if (!isWithin(from, to) && !isWithin(to, from)) ties.add(`${from} ${to}`);
    }
  }
  return [...ties]
    .filter((tie) => {
      const [from = '', to = ''] = tie.split(' ');
      return from < to && ties.has(`${to} ${from}`);
    })
    .map((tie) => tie.replace(' ', ' <-> '))
    .sort();
}

/** Strongly connected components of more than one file (R. Tarjan, "Depth-first search and linear graph algorithms", 1972). */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    low.set(file, order.get(file) ?? 0);
    stack.push(file);
    for (const target of imports.get(file) ?? []) {
      if (!order.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file) ?? 0, low.get(target) ?? 0));
    }
    if (low.get(file) !== order.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles;
}

/** Measures the repository at `root`, without what Git ignores. */
export function measureRepository(root: string): House {
  const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    imports: Record<string, string>;
  };
  const aliases = Object.fromEntries([
    ...Object.entries(imports).map(([from, to]) => [from.replace('*', ''), to.replace(/^\.\/|\*/g, '')]),
    ...readdirSync(join(root, 'packages')).map((name) => [`@selfheal/${name}/`, `packages/${name}/src/`]),
  ]);
  const sources = ['--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs', '*.js'];
  const files = execFileSync('git', ['-C', root, 'ls-files', ...sources], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => /^(?:shared|functions|infra|statemachines|apps|packages|lab|tools)\//.test(file))
    .filter((file) => !/(?:^|\/)test\/|\.test\.ts$/.test(file) && existsSync(join(root, file)));
  return measureHouse(root, files, aliases);
}

if (import.meta.main) {
  const house = measureRepository(execFileSync('git', ['rev-parse', '--show-toplevel'], { encoding: 'utf8' }).trim());
  for (const part of PRINTED) {
    const lines = house.lines.get(part) ?? 0;
    if (lines > 0) console.log(`${part.padEnd(14)} ${String(lines).padStart(6)} lines`);
  }
  const sum = [...house.lines.values()].reduce((total, lines) => total + lines, 0);
  console.log(`${'all'.padEnd(14)} ${String(sum).padStart(6)} lines`);
  console.log(`${'in a Lambda'.padEnd(14)} ${String(house.inLambda).padStart(6)} lines`);
  console.log(`${house.small.length} files under ${SMALL_LINES} lines`);
  console.log(`${house.ties.length} two-way ties between folders`);
  for (const tie of house.ties) console.log(`  ${tie}`);
  console.log(`${house.circles.length} circles of imports`);
  for (const circle of house.circles) console.log(`  ${circle.join(', ')}`);
}
