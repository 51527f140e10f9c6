import { existsSync } from 'node:fs';
import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, shareOption, UsageError } from '@selfheal/cli-kit/command.ts';
import { type Terminal, writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { type ApiClient, contentOf } from '#apps/workbench/api/api-client.ts';
import { jsonIn } from '#apps/workbench/input/json-file.ts';
import { type ImportResult, importPatterns } from '#shared/app/learning/pattern-maintenance.ts';
import { PatternExport } from '#shared/domain/learning/exchange-patterns.ts';
import { caseOfPastIncident } from '#shared/domain/learning/replay.ts';
import { classesOf } from '../learning/class-names.ts';
import { apiUnlessNamed, KNOWLEDGE_OPTIONS, placeOf } from '../learning/knowledge-api.ts';
import { learningChange, openPatterns } from '../learning/open-patterns.ts';

const render = ({ kind, patternId, wording, confidence, reason }: ImportResult): string =>
  `${kind.padEnd(8)}  ${patternId}  confidence ${confidence.toFixed(2)}: ${wording}\n          ${reason}\n`;

/** Characters of patterns in one request: the API takes a hundred thousand bytes. */
const REQUEST_LENGTH = 40_000;

async function importOver(
  { api }: ApiClient,
  file: PatternExport,
  order: { readonly scope: string; readonly reduceBy: number; readonly dryRun: boolean },
): Promise<ImportResult[]> {
  const results: ImportResult[] = [];
  let open: PatternExport['patterns'] = [];
  const send = async (): Promise<void> => {
    const json = { ...order, file: { ...file, patterns: open } };
    results.push(...(await contentOf(await api.knowledge.import.$post({ json }))).results);
    open = [];
  };
  for (const pattern of file.patterns) {
    if (open.length > 0 && JSON.stringify([...open, pattern]).length > REQUEST_LENGTH) await send();
    open.push(pattern);
  }
  if (open.length > 0) await send();
  return results;
}

async function say(results: readonly ImportResult[], asJson: boolean, terminal: Terminal): Promise<0 | 1> {
  if (results.length === 0) terminal.say('selfheal: the file contains no pattern to import.');
  await writeTogether(
    terminal,
    results.map((result) => (asJson ? `${JSON.stringify(result)}\n` : render(result))),
  );
  return results.some(({ kind }) => kind === 'refused') ? 1 : 0;
}

const missingWords = (path: string): string =>
  `There is no file "${path}". Export the patterns of that environment and import the file here: "selfheal export-knowledge --profile NAME ` +
  `--output ${path}.json", then "selfheal import-knowledge ${path}.json". The profile is the one of "selfheal login --profile NAME".`;

export const knowledgeImport = defineCommand({
  name: 'knowledge import',
  aliases: ['import-knowledge'],
  summary: 'import learned patterns of another scope with a lower confidence',
  details:
    'Each pattern is first replayed over the past incidents of this scope. It is only observed until its outcomes here are good enough. Existing\n' +
    'patterns do not change. Exit code 1 when a pattern is refused.',
  operands: { shown: 'FILE.json', atLeast: 1, atMost: 1, aliases: ['source-environment'] },
  options: {
    ...KNOWLEDGE_OPTIONS,
    'reduce-by': {
      type: 'string',
      value: 'SHARE',
      aliases: ['confidence-adjustment'],
      about: 'subtracted from each confidence; 0.1 by default',
    },
    class: { type: 'string', value: 'CLASS,...', aliases: ['pattern-types'], about: 'only patterns of these classes' },
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [path = '-'], options }, terminal) {
    const adjustment = -shareOption('reduce-by', options['reduce-by']?.replace(/^-/, ''), 0.1);
    const classes = classesOf(options.class);
    if (path !== '-' && !existsSync(path)) throw new UsageError(missingWords(path));
    const file = await jsonIn(path, PatternExport, 'file of exported patterns', terminal);
    const wanted = { ...file, patterns: file.patterns.filter((pattern) => classes(pattern.class)) };
    const dryRun = options['dry-run'] === true;
    const client = await apiUnlessNamed(options, terminal);
    if (client !== null) {
      const order = { scope: placeOf(options.scope, terminal), reduceBy: -adjustment, dryRun };
      return await say(await importOver(client, wanted, order), options.json === true, terminal);
    }
    const opened = await openPatterns(options, terminal);
    const order = {
      ...learningChange(opened, terminal),
      from: file.from,
      adjustment,
      dryRun,
      past: (await opened.remembered()).map(caseOfPastIncident),
    };
    return await say(await importPatterns(wanted, order, opened), options.json === true, terminal);
  },
});
