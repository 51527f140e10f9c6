import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';

/** Files of a commit; null for a deleted one. */
export type Files = Readonly<Record<string, string | null>>;

/** A repository that grows commit by commit, always the same for a seed: modules in TypeScript and Python, data, configuration, and a test for each module. */
interface GrownRepository {
  /** Adds or changes modules; returns the files of the commit. */
  grow(): Files;
  /** Its files as they are. */
  readonly files: ReadonlyMap<string, string>;
}

interface Module {
  readonly id: number;
  readonly area: string;
  readonly language: 'ts' | 'py';
  readonly deps: readonly Module[];
  readonly factor: number;
  readonly addend: number;
  /** Reads a number from a data file of its own, from the settings, or from a module whose name is computed. */
  readonly reads: 'nothing' | 'data' | 'settings' | 'kind';
}

const AREAS = ['billing', 'cart', 'mail', 'search', 'stock', 'tax', 'users', 'web'] as const;
const KINDS = ['card', 'cash', 'coupon'] as const;
const SETTING = 4;
const SHARE = { python: 0.3, data: 0.15, settings: 0.08, kind: 0.12, changed: 0.4 };

export function makeGrownRepository(seed: number): GrownRepository {
  const random = numbersFrom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const digit = (): number => 1 + Math.floor(random() * 9);
  const files = new Map<string, string>();
  const modules: Module[] = [];
  const replace = (id: number, next: Module): void => {
    modules[id] = next;
    // Modules hold their dependencies: those of a changed one are built anew, so that its value reaches them.
    for (const one of modules.slice(id + 1))
      modules[one.id] = { ...one, deps: one.deps.map((dep) => modules[dep.id] as Module) };
  };
  const add = (): void => {
    const id = modules.length;
    const area = pick(AREAS);
    const language = random() < SHARE.python ? 'py' : 'ts';
    const own = modules.filter((one) => one.language === language);
    const near = own.filter((one) => one.area === area);
    const deps = new Set<Module>();
    if (near.length > 0 && random() < 0.6) deps.add(pick(near));
    if (own.length > 0 && random() < 0.3) deps.add(pick(own));
    const drawn = random();
    const { data, settings, kind } = SHARE;
    const reads =
      drawn < data
        ? 'data'
        : drawn < data + settings
          ? 'settings'
          : drawn < data + settings + kind
            ? 'kind'
            : 'nothing';
    modules.push({ id, area, language, deps: [...deps], factor: digit(), addend: digit(), reads });
  };
  const written = (): Map<string, string> => {
    const next = new Map<string, string>([...BASE]);
    for (const one of modules) for (const [path, text] of Object.entries(filesOf(one))) next.set(path, text);
    for (const area of AREAS) {
      const own = modules.filter((one) => one.language === 'py' && one.area === area);
      if (own.length > 0) next.set(`py/${area}/__init__.py`, '');
    }
    return next;
  };
  return {
    files,
    grow() {
      if (modules.length > 10 && random() < SHARE.changed) {
        const changed = pick(modules);
        replace(changed.id, { ...changed, addend: digit() });
      } else add();
      const next = written();
      const changes: Record<string, string | null> = {};
      for (const [path, text] of next) if (files.get(path) !== text) changes[path] = text;
      files.clear();
      for (const [path, text] of next) files.set(path, text);
      return changes;
    },
  };
}

const kindOf = ({ id }: Module): number => id % KINDS.length;
const expectedValue = ({ deps, factor, addend, reads, ...one }: Module): number => {
  const read = {
    nothing: 0,
    data: 10 + one.id,
    settings: SETTING,
    kind: 20 + kindOf({ deps, factor, addend, reads, ...one }),
  }[reads];
  return (deps.reduce((sum, dep) => sum + expectedValue(dep), 0) * factor + addend + read) % 9973;
};

const BASE: readonly (readonly [path: string, text: string])[] = [
  ['package.json', '{"name":"grown","type":"module","imports":{"#src/*":"./src/*"}}\n'],
  ['README.md', '# Grown\n'],
  ['config/settings.json', `{"setting": ${SETTING}, "other": 1}\n`],
  ['src/common/settings.ts', settingsModule()],
  ['py/__init__.py', ''],
  ['py/kinds/__init__.py', ''],
  ...KINDS.flatMap((kind, at): [string, string][] => [
    [`src/kinds/${kind}.ts`, `export const worth = ${20 + at};\n`],
    [`py/kinds/${kind}.py`, `WORTH = ${20 + at}\n`],
  ]),
];

function settingsModule(): string {
  return [
    "import { readFileSync } from 'node:fs';",
    "import { join } from 'node:path';",
    "const path = join(import.meta.dirname, '..', '..', 'config', 'settings.json');",
    'export const settings = (): { setting: number } => JSON.parse(readFileSync(path, "utf8"));',
    '',
  ].join('\n');
}

function filesOf(module: Module): Record<string, string> {
  return module.language === 'ts' ? typeScriptOf(module) : pythonOf(module);
}

function typeScriptOf(module: Module): Record<string, string> {
  const { id, area, deps, factor, addend, reads } = module;
  const kind = KINDS[kindOf(module)];
  const lines = [
    ...deps.map((dep, at) =>
      dep.area === area
        ? `import { value as d${at} } from './m${dep.id}.ts';`
        : `import { value as d${at} } from '#src/${dep.area}/m${dep.id}.ts';`,
    ),
    ...(reads === 'data' ? ["import { readFileSync } from 'node:fs';"] : []),
    ...(reads === 'settings' ? ["import { settings } from '../common/settings.ts';"] : []),
    `const FACTOR = ${factor};`,
    `const ADDEND = ${addend};`,
    'export async function value(): Promise<number> {',
    '  let sum = 0;',
    ...deps.map((_, at) => `  sum += await d${at}();`),
    '  sum = sum * FACTOR + ADDEND;',
    ...(reads === 'data'
      ? [`  sum += JSON.parse(readFileSync(new URL('../../data/${area}/m${id}.json', import.meta.url), 'utf8')).worth;`]
      : []),
    ...(reads === 'settings' ? ['  sum += settings().setting;'] : []),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of the grown repository
    ...(reads === 'kind' ? [`  const kind = '${kind}';`, '  sum += (await import(`../kinds/${kind}.ts`)).worth;'] : []),
    '  return sum % 9973;',
    '}',
    '',
  ];
  const test = [
    "import { strictEqual } from 'node:assert';",
    `import { value } from '../../src/${area}/m${id}.ts';`,
    `export const run = async () => strictEqual(await value(), ${expectedValue(module)});`,
    '',
  ];
  return {
    [`src/${area}/m${id}.ts`]: lines.join('\n'),
    [`test/${area}/m${id}.test.ts`]: test.join('\n'),
    ...(reads === 'data' ? { [`data/${area}/m${id}.json`]: `{"worth": ${10 + id}}\n` } : {}),
  };
}

function pythonOf(module: Module): Record<string, string> {
  const { id, area, deps, factor, addend, reads } = module;
  const lines = [
    ...deps.map((dep, at) =>
      dep.area === area
        ? `from .m${dep.id} import value as d${at}`
        : `from py.${dep.area}.m${dep.id} import value as d${at}`,
    ),
    ...(reads === 'data' || reads === 'settings' ? ['import json', 'from pathlib import Path'] : []),
    ...(reads === 'kind' ? ['import importlib'] : []),
    `FACTOR = ${factor}`,
    `ADDEND = ${addend}`,
    'def value():',
    '    total = 0',
    ...deps.map((_, at) => `    total += d${at}()`),
    '    total = total * FACTOR + ADDEND',
    ...(reads === 'data'
      ? [
          `    total += json.loads((Path(__file__).parents[2] / "data" / "${area}" / "m${id}.json").read_text())["worth"]`,
        ]
      : []),
    ...(reads === 'settings'
      ? ['    total += json.loads((Path(__file__).parents[2] / "config" / "settings.json").read_text())["setting"]']
      : []),
    ...(reads === 'kind'
      ? [`    kind = "${KINDS[kindOf(module)]}"`, '    total += importlib.import_module(f"py.kinds.{kind}").WORTH']
      : []),
    '    return total % 9973',
    '',
  ];
  const test = [
    `from py.${area}.m${id} import value`,
    '',
    'def test_value():',
    `    assert value() == ${expectedValue(module)}`,
    '',
  ];
  return {
    [`py/${area}/m${id}.py`]: lines.join('\n'),
    [`py/tests/${area}/test_m${id}.py`]: test.join('\n'),
    ...(reads === 'data' ? { [`data/${area}/m${id}.json`]: `{"worth": ${10 + id}}\n` } : {}),
  };
}

/** A fault: one line of a file changed. Null for a file without a place for one. */
export function faultIn(text: string, random: () => number): string | null {
  const places = [...text.matchAll(/(?<![\w./])\d+(?![\w./])|(?<= )[*+](?= )|(?<=return )/g)];
  const place = places[Math.floor(random() * places.length)];
  if (place === undefined) return null;
  const [found] = place;
  const instead = found === '' ? '1 + ' : found === '*' ? '+' : found === '+' ? '-' : `${Number(found) + 1}`;
  return `${text.slice(0, place.index)}${instead}${text.slice(place.index + found.length)}`;
}
