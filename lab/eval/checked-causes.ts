import { proportion } from '@selfheal/cli-kit/figures/figures.ts';
import {
  checkMissingModule,
  type ModuleFinding,
  missingModuleIn,
} from '@selfheal/diagnosis/diagnosis/missing-module.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import type { Suite } from './suite.ts';

type Cause = Exclude<ModuleFinding['kind'], 'unchecked'>;

/** A project in which one import fails, why it does, and what the log says. */
export interface FailingProject {
  readonly cause: Cause;
  readonly files: Readonly<Record<string, string>>;
  readonly log: readonly string[];
}

const SEED = 20261127;
const PROJECTS = 2000;
const ROOTS = ['shop', 'orders', 'billing', 'api', 'core', 'utils'];
const MODULES = ['totals', 'parser', 'cart', 'models', 'client', 'settings', 'storage', 'routes'];
/** Import name and the name under which it is declared; some differ, and not all of those are known to the product. */
const PYTHON_PACKAGES = [
  ['stripe', 'stripe'],
  ['requests', 'requests'],
  ['yaml', 'PyYAML'],
  ['sklearn', 'scikit-learn'],
  ['bs4', 'beautifulsoup4'],
  ['google.protobuf', 'protobuf'],
  ['redis', 'redis'],
  ['pkg_resources', 'setuptools'],
  ['utils', 'python-utils'],
] as const;
const NODE_PACKAGES = ['express', '@acme/money', 'lodash', 'zod', 'left-pad', '@types/node'] as const;

type Random = () => number;

/** Failing projects whose cause is known, the same ones for a seed. */
export function failingProjects(count: number, seed = SEED): FailingProject[] {
  const random = numbersFrom(seed);
  return Array.from({ length: count }, () => (random() < 0.6 ? pythonProject(random) : nodeProject(random)));
}

const pick = <T>(random: Random, all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
const CAUSES: readonly Cause[] = ['own-absent', 'own-present', 'package-declared', 'package-undeclared'];

function pythonProject(random: Random): FailingProject {
  const cause = pick(random, CAUSES);
  const [root, other, name] = [pick(random, ROOTS), pick(random, ROOTS), pick(random, MODULES)];
  const prefix = pick(random, ['', '', 'src/', 'services/one/']);
  const [imported, declared] = pick(random, PYTHON_PACKAGES);
  const isOwn = cause.startsWith('own');
  const module = isOwn ? `${root}.${name}` : imported;
  const importer = random() < 0.5 ? `tests/test_${name}.py` : `${prefix}${other}/main.py`;
  const manifest = pick(random, ['requirements.txt', 'pyproject.toml', 'requirements/test.txt']);
  const line = random() < 0.7 ? `from ${module} import run` : `import ${module}`;
  const listed = cause === 'package-declared' ? [`${declared}==1.2`, 'flask'] : ['flask'];
  const files = {
    [importer]: `import os\n${line}\n`,
    [manifest]: manifest.endsWith('.toml')
      ? `dependencies = [${listed.map((one) => `"${one}"`).join(', ')}]\n`
      : `${listed.join('\n')}\n`,
    [`${prefix}${root}/__init__.py`]: '',
    ...(isOwn ? { [`${prefix}${root}/${cause === 'own-present' ? name : `${name}_old`}.py`]: '' } : {}),
  };
  const shown = random() < 0.3 ? `/home/runner/work/shop/shop/${importer}` : importer;
  const place =
    random() < 0.5
      ? [`${shown}:2: in <module>`, `    ${line}`]
      : [`  File "${shown}", line 2, in <module>`, `    ${line}`];
  const mark = place[0]?.includes('in <module>') && random() < 0.5 ? 'E   ' : '';
  return {
    cause,
    files,
    log: ['collected 3 items', ...place, `${mark}ModuleNotFoundError: No module named '${module}'`],
  };
}

function nodeProject(random: Random): FailingProject {
  const cause = pick(random, CAUSES);
  const name = pick(random, MODULES);
  const isOwn = cause.startsWith('own');
  const importer = pick(random, ['src/main.ts', `test/${name}.test.js`, 'lib/deep/start.js']);
  const up = importer
    .split('/')
    .slice(1)
    .map(() => '..')
    .join('/');
  const declared = pick(random, NODE_PACKAGES);
  const module = isOwn ? `${up}/src/${name}` : declared;
  const files = {
    [importer]: `import x from '${module}';\n`,
    'package.json': JSON.stringify({
      dependencies: cause === 'package-declared' ? { [declared]: '1' } : { other: '1' },
    }),
    ...(isOwn ? { [`src/${cause === 'own-present' ? name : `${name}s-new`}.ts`]: '' } : {}),
  };
  const shown = random() < 0.3 ? `/home/runner/work/shop/shop/${importer}` : importer;
  const log =
    random() < 0.5
      ? [`    Cannot find module '${module}' from '${shown}'`]
      : [`Error: Cannot find module '${module}'`, 'Require stack:', `- ${shown}`];
  return { cause, files, log };
}

/** How many of the projects' causes are confirmed, and how many of those are the right ones. */
export async function confirmedCauses(projects: readonly FailingProject[]) {
  let [right, of] = [0, 0];
  for (const { cause, files, log } of projects) {
    const missing = missingModuleIn(log);
    if (missing === null) continue;
    const read = async (file: string): Promise<string | null> => files[file] ?? null;
    const { kind } = await checkMissingModule(missing, { files: Object.keys(files), read });
    if (kind === 'unchecked') continue;
    of += 1;
    if (kind === cause) right += 1;
  }
  return { right, of };
}

export const checkedCauses: Suite = {
  name: 'checked-causes',
  summary: 'triage: causes of failing imports that the sources confirm, of 2,000 made-up projects, needs no data',
  async run() {
    const { right, of } = await confirmedCauses(failingProjects(PROJECTS));
    return {
      figures: [...proportion('confirmed', of, PROJECTS), ...proportion('confirmed causes that are right', right, of)],
    };
  },
};
