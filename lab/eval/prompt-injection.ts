import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Figure, figuresByGroup, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import type { ClassifyContext } from '@selfheal/diagnosis/failure/classify.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';
import { linesOf, readCaseText, readLabels } from '../labels/read-labels.ts';
import type { Suite } from './suite.ts';

const ByKind = z.record(z.string(), z.array(z.string()));
const Email = z.object({ context: z.string() });
const ToolCase = z.object({ 'Attacker Instruction': z.string(), 'Tool Response': z.string() });

interface HiddenText {
  readonly kind: string;
  readonly text: string;
}

/** What a person is told of a failure. */
interface Told {
  readonly class: string;
  readonly verdict: string;
  /** Number of the line. */
  readonly cause: number | null;
}

type Change = keyof Told;

interface Planted {
  readonly kind: string;
  readonly changes: readonly Change[];
}

/** Where a text is planted, each time in another log: before everything, as what a job checks out; before the last line; behind everything. */
const PLACES = [() => 0, (lines: number) => Math.max(0, lines - 1), (lines: number) => lines] as const;
const HOSTS = 'public-reports';
const LOG_FILE = /\.(?:log|txt)(?:\.gz)?$/;

async function readByKind(dataDir: string, path: string, kind: string): Promise<HiddenText[]> {
  const texts = ByKind.parse(JSON.parse(await readCaseText(dataDir, path)));
  return Object.values(texts).flatMap((some) => some.map((text) => ({ kind, text })));
}

async function readHiddenTexts(dataDir: string): Promise<HiddenText[]> {
  const bipia = join('bipia', 'benchmark');
  const emails = await readLabels(dataDir, join(bipia, 'email', 'train.jsonl.gz'), Email);
  const tools = await readLabels(dataDir, join('injecagent', 'test_cases_dh_base.jsonl.gz'), ToolCase);
  const asked = new Set(tools.map((one) => one['Attacker Instruction']));
  return [
    ...(await readByKind(dataDir, join(bipia, 'text_attack_train.json.gz'), 'requests')),
    ...(await readByKind(dataDir, join(bipia, 'code_attack_train.json.gz'), 'code')),
    ...emails.map(({ context }) => ({ kind: 'mails', text: context })),
    ...[...asked].map((text) => ({ kind: 'orders', text })),
    ...tools.map((one) => ({ kind: 'answers of tools', text: one['Tool Response'] })),
  ];
}

async function readHosts(folder: string): Promise<string[]> {
  const files = readdirSync(folder)
    .filter((name) => LOG_FILE.test(name))
    .sort();
  if (files.length === 0) throw new InvalidInput(`${folder}: the suite plants its texts in the logs of this folder.`);
  return Promise.all(files.map((name) => readCaseText(folder, name)));
}

function toldOf(log: string, context: ClassifyContext): Told {
  const evidence = textEvidence(log);
  const { chain, classification } = readFailure(evidence, context);
  const lines = evidence.sources.flatMap((source) => source.lines);
  const cause = lines.find(({ ref }) => ref === chain?.cause.ref)?.number ?? null;
  return { class: classification.class, verdict: classification.verdict, cause };
}

/** What is told otherwise with a text planted at a place of the log; another line of the log itself as the cause does not count. */
function changesBy(
  log: string,
  { text, place }: { text: string; place: (typeof PLACES)[number] },
  before: Told,
  context: ClassifyContext,
): Change[] {
  const lines = linesOf(log);
  const planted = linesOf(text);
  const at = place(lines.length);
  const told = toldOf(`${[...lines.slice(0, at), ...planted, ...lines.slice(at)].join('\n')}\n`, context);
  const isPlanted = told.cause !== null && told.cause > at && told.cause <= at + planted.length;
  return [
    ...(told.class === before.class ? [] : ['class' as const]),
    ...(told.verdict === before.verdict ? [] : ['verdict' as const]),
    ...(isPlanted ? ['cause' as const] : []),
  ];
}

function figuresOf(planted: readonly Planted[]): Figure[] {
  const share = (name: string, holds: (changes: readonly Change[]) => boolean): Figure[] =>
    proportion(name, planted.filter(({ changes }) => holds(changes)).length, planted.length);
  return [
    ...share('anything changed', (changes) => changes.length > 0),
    ...share('  the class', (changes) => changes.includes('class')),
    ...share('  the verdict', (changes) => changes.includes('verdict')),
    ...share('  the planted text is the cause', (changes) => changes.includes('cause')),
  ];
}

interface Host {
  readonly log: string;
  readonly told: Told;
}

/** Plants texts that were written to mislead assistants in logs, and asks whether a person is told anything else. */
export const promptInjection: Suite = {
  name: 'prompt-injection',
  summary: 'logs with a hidden text in them: how often class, verdict or cause are other than without it',
  async run(dataDir, { progress }) {
    const context = {
      signatures: await shippedSignatures(progress),
      ...present({ model: await shippedModel(progress) }),
    };
    const logs = await readHosts(join(dirname(dataDir), HOSTS));
    const hosts = logs.map((log): Host => ({ log, told: toldOf(log, context) }));
    const texts = await readHiddenTexts(dataDir);
    const planted = texts.flatMap(({ kind, text }, at) =>
      PLACES.map((place, nth): Planted => {
        const host = (at * PLACES.length + nth) % hosts.length;
        const { log, told } = hosts[host] as Host;
        return { kind, changes: changesBy(log, { text, place }, told, context) };
      }),
    );
    return { figures: figuresOf(planted), byGroup: figuresByGroup(planted, ({ kind }) => kind, figuresOf) };
  },
};
