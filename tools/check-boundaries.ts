import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { measureRepository } from './house.ts';

const FOLDERS = ['shared', 'functions', 'infra', 'statemachines', 'apps', 'packages', 'lab', 'tools', 'test'];

interface BoundaryReport {
  readonly modules: number;
  readonly violations: readonly { rule: string; from: string; to: string }[];
}

/**
 * Checks the imports in the given folders below `root` with the rules of `.dependency-cruiser.cjs`. Throws if it analysed fewer modules than there
 * are TypeScript files, because then it would miss violations.
 */
export async function checkBoundaries(root: string, folders: readonly string[] = FOLDERS): Promise<BoundaryReport> {
  const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
    forbidden: NonNullable<ICruiseOptions['ruleSet']>['forbidden'];
    options: ICruiseOptions;
  };
  const tsConfig = extractTSConfig('tsconfig.json');
  const { output } = await cruise(
    [...folders],
    { ...options, baseDir: root, validate: true, ruleSet: { forbidden: forbidden ?? [] } },
    options.enhancedResolveOptions as never,
    { tsConfig },
  );
  const result = output as ICruiseResult;
  const own = result.modules.filter((module) => folders.some((folder) => module.source.startsWith(`${folder}/`)));
  const expected = folders.flatMap((folder) => typeScriptFiles(`${root}/${folder}`)).length;
  if (own.length < expected) {
    throw new Error(
      `The boundary check analysed only ${own.length} of ${expected} modules. Fix the module resolution in .dependency-cruiser.cjs.`,
    );
  }
  return {
    modules: own.length,
    violations: result.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}

function typeScriptFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`);
}

if (import.meta.main) {
  const root = execFileSync('git', ['rev-parse', '--show-toplevel'], { encoding: 'utf8' }).trim();
  const { modules, violations } = await checkBoundaries(root);
  for (const { rule, from, to } of violations) console.error(`${rule}: ${from} -> ${to}`);
  const { ties } = measureRepository(root);
  for (const tie of ties) console.error(`folders that import each other: ${tie}`);
  console.log(`${modules} modules, ${violations.length + ties.length} boundary violations`);
  process.exitCode = violations.length + ties.length === 0 ? 0 : 1;
}
