import { type OptionSpecs, shareOption, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { openSourceTree } from '@selfheal/pull-request-quality/adapters/architecture/source-tree.ts';
import { parse } from 'yaml';
import * as z from 'zod';
import { dataDirectoryOf } from '#shared/adapters/archive/data-files.ts';
import { loadPrompts } from '#shared/adapters/archive/prompt-files.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { appendOutput, writeOutputs } from '#shared/adapters/system/output-files.ts';
import { connectModel } from '#shared/app/analyze/connect.ts';
import {
  type Triage,
  type TriageContent,
  type TriageReport,
  triageReport,
} from '#shared/app/triage/triage-failures.ts';
import { HAND_OVER_CONFIDENCE } from '#shared/domain/triage/hand-over.ts';
import { type ModelChoice, modelChoiceOf, modelPorts } from '../analyze/model-choice.ts';
import { makeCounters } from '../analyze/run-memory.ts';
import { leaveResult, RESULT_OPTIONS } from '../feedback/write-result.ts';
import { runGit } from '../input/git.ts';
import { shippedModel, shippedRecall, shippedSignatures } from '../input/shipped-content.ts';

/** Options of what triage leaves behind. */
export const TRIAGE_OPTIONS = {
  model: {
    type: 'string',
    value: 'NAME',
    about: 'a language model explains each cause: a provider, a model, or rules; by default that of the environment',
  },
  out: { type: 'string', value: 'DIR', about: 'write triage_report.json and error_report.json to this folder' },
  ...RESULT_OPTIONS,
} as const satisfies OptionSpecs;

/** What a triage reads; without `choice` the rules alone explain. */
export async function triageContent(
  { say }: Pick<Terminal, 'say'>,
  choice: ModelChoice | null = null,
  folder: string | null = null,
): Promise<TriageContent> {
  const [signatures, model, recall] = await Promise.all([
    shippedSignatures(say),
    shippedModel(say),
    shippedRecall(say),
  ]);
  const languageModel = choice === null ? null : await connectLanguageModel(choice);
  const sources = folder === null ? null : await sourcesIn(folder);
  return { signatures, model, recall, languageModel, sources };
}

/** The files of a checkout; null where there is none. */
async function sourcesIn(folder: string): Promise<TriageContent['sources']> {
  try {
    const tree = await openSourceTree(folder, runGit);
    if (tree.commit === null) return null;
    const read = async (file: string): Promise<string | null> => {
      const found = await tree.read(file);
      return 'text' in found ? found.text : null;
    };
    return { files: tree.files, read };
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

/** The model that explains a triage: that of `--model`, else that of the environment. Triage itself reads the threshold. */
export const triageModel = (model: string | undefined, { environment, say }: Pick<Terminal, 'environment' | 'say'>) =>
  modelChoiceOf(model, environment, (line) => say(`selfheal: ${line}`), ['AI_CONFIDENCE_THRESHOLD']);

async function connectLanguageModel({ settings, key }: ModelChoice): Promise<TriageContent['languageModel']> {
  const model = connectModel(settings, await loadPrompts(dataDirectoryOf({})), await modelPorts(key));
  return { model, settings, control: makeCounters(), clock: systemClock };
}

interface TriageContext {
  readonly needs?: ReadonlyMap<string, readonly string[]>;
  readonly fromFork?: boolean;
}

/** Reports on all logs together: files, outputs of the job (`GITHUB_OUTPUT`), and text or JSON. */
export async function writeTriage(
  triages: readonly Triage[],
  { needs = new Map(), fromFork = false }: TriageContext,
  options: {
    readonly out?: string | undefined;
    readonly results?: string | undefined;
    readonly job?: string | undefined;
    readonly json?: boolean | undefined;
  },
  terminal: Terminal,
): Promise<TriageReport> {
  const { AI_CONFIDENCE_THRESHOLD, GITHUB_OUTPUT: outputFile } = terminal.environment;
  const threshold = shareOption('AI_CONFIDENCE_THRESHOLD', AI_CONFIDENCE_THRESHOLD || undefined, HAND_OVER_CONFIDENCE);
  const made = triageReport(triages, { needs, threshold, fromFork });
  if (options.out !== undefined) await writeOutputs(options.out, triageFiles(made), '--out');
  await leaveResult(options, 'triage', made.result, terminal);
  if (outputFile) {
    const lines = Object.entries(made.outputs).map(([name, value]) => `${name}=${value}\n`);
    await appendOutput(outputFile, lines.join(''), 'GITHUB_OUTPUT');
  }
  await terminal.write(options.json === true ? `${JSON.stringify(made.report)}\n` : asText(triages, made));
  return made;
}

/** The reports of a triage by the names of their files. */
export const triageFiles = ({ report, errors }: TriageReport): Record<string, string> => ({
  'triage_report.json': `${JSON.stringify(report, null, 2)}\n`,
  'error_report.json': `${JSON.stringify(errors, null, 2)}\n`,
});

function asText(triages: readonly Triage[], { causes, outputs }: TriageReport): string {
  const output = triages.map(({ file, failed, comment }) =>
    failed ? `${file}\n\n${comment}\n\n` : `${file}: nothing failed (no line reports a failure)\n\n`,
  );
  const together = causes
    .filter(({ jobs }) => jobs.length > 1)
    .map(({ jobs, cause }) => `One cause for ${jobs.length} logs (${jobs.join(', ')}): ${cause}\n`);
  return `${output.join('')}${together.join('')}${outputs.triage_summary}\n`;
}

const Job = z.object({
  name: z.string().optional(),
  needs: z.union([z.string().transform((name) => [name]), z.array(z.string())]).default([]),
});
const Workflow = z.object({ jobs: z.record(z.string(), Job) });

/** Which jobs each job of a workflow waits for, by the names that GitHub shows. Throws `UsageError` for what is no workflow. */
export function needsOf(text: string, file: string): Map<string, string[]> {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 100 });
  } catch {
    throw new UsageError(`${file} is not YAML.`);
  }
  const parsed = Workflow.safeParse(value);
  if (!parsed.success) throw new UsageError(`${file} is not a workflow of GitHub Actions: it has no jobs.`);
  const { jobs } = parsed.data;
  const nameOf = (id: string): string => jobs[id]?.name ?? id;
  return new Map(Object.entries(jobs).map(([id, { needs }]) => [nameOf(id), needs.map(nameOf)]));
}
