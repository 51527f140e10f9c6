import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { reachesGoal, renderReport } from '@selfheal/cli-kit/figures/render.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { SUITES } from '../eval/registry.ts';
import type { Suite } from '../eval/suite.ts';

const SUITE_LINES = SUITES.map(({ name, summary }) => `  ${name.padEnd(22)}${summary}`).join('\n');

function suiteNamed(name: string): Suite {
  const suite = SUITES.find((one) => one.name === name);
  if (suite !== undefined) return suite;
  throw new UsageError(`Unknown suite "${name}". Use one of: ${SUITES.map((one) => one.name).join(', ')}.`);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The folder of the suite: the one with its name in DIR, or DIR itself. */
async function folderOf(suite: Suite, dir: string): Promise<string> {
  const own = join(dir, suite.name);
  if (await isFolder(own)) return own;
  if (await isFolder(dir)) return dir;
  throw new InvalidInput(`${dir}: this is not a folder. Pass the folder that contains "${suite.name}" with --data.`);
}

/** The suites whose folder is in `dir`. */
async function suitesIn(dir: string): Promise<Suite[]> {
  const has = await Promise.all(SUITES.map((suite) => isFolder(join(dir, suite.name))));
  const found = SUITES.filter((_, at) => has[at]);
  if (found.length > 0) return found;
  throw new InvalidInput(
    `${dir}: no suite has a folder here. Pass the folder that contains the folders of labelled cases.`,
  );
}

export const evalCommand = defineCommand({
  name: 'eval',
  summary: 'measure accuracy on labelled cases; each figure has its number of cases and a 95% interval',
  details: `Suites (each has the name of the folder with its data):\n${SUITE_LINES}`,
  operands: { shown: '[SUITE]', atLeast: 0, atMost: 1 },
  options: {
    data: { type: 'string', value: 'DIR', about: "the folder that contains the suite's folder, or that folder itself" },
    all: { type: 'boolean', about: 'every suite whose folder is in --data' },
    by: { type: 'string', value: 'repository', about: 'also print the figures of each repository, project or system' },
    check: { type: 'boolean', about: 'exit with 1 if a goal is missed' },
    ...JSON_OPTION,
  },
  async run({ operands, options }, terminal) {
    if (options.data === undefined)
      throw new UsageError('"selfheal eval" needs --data DIR, the folder of labelled cases.');
    if (options.by !== undefined && options.by !== 'repository') {
      throw new UsageError(`--by ${options.by}: expected "repository".`);
    }
    if (options.all === true && operands.length > 0) throw new UsageError('Give a suite or --all, not both.');
    const byGroup = options.by === 'repository';
    const suites = options.all === true ? await suitesIn(options.data) : [suiteNamed(operands[0] ?? '')];
    let isReached = true;
    for (const suite of suites) {
      const progress = (message: string): void => terminal.say(`selfheal: ${suite.name}: ${message}`);
      const report = await suite.run(await folderOf(suite, options.data), { progress, now: terminal.now });
      isReached &&= report.figures.every(reachesGoal);
      if (options.json === true) {
        const { figures } = report;
        const document = { suite: suite.name, figures, ...(byGroup ? { byGroup: report.byGroup ?? [] } : {}) };
        await terminal.write(`${JSON.stringify(document)}\n`);
      } else await terminal.write(`${options.all === true ? `${suite.name}\n` : ''}${renderReport(report, byGroup)}`);
    }
    return options.check === true && !isReached ? 1 : 0;
  },
});
