import { resolve } from 'node:path';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { summarizeArchitecture } from '@selfheal/pull-request-quality/domain/architecture/analyze-architecture.ts';
import { ArchitectureAnalysis } from '@selfheal/pull-request-quality/domain/architecture/architecture-analysis.ts';
import { MAX_QUALITY_DOCUMENT_BYTES } from '@selfheal/pull-request-quality/ports/quality-state.ts';
import { scanFolder } from '#apps/workbench/architecture/scan-folder.ts';
import { writeOutputs } from '#shared/adapters/system/output-files.ts';
import type { Task, TaskInput } from '../task.ts';
import { terminalOf, withTextFile } from '../terminal.ts';

/** The analysis of the default branch, with which pull requests are compared. */
const DOCUMENT = 'architecture';
const ANALYSIS = 'architecture_analysis.json';
const REPORT = 'architecture_report.md';
const DRAWING = 'architecture_graph.svg';

/** Measures imports, cycles, coupling and complexity, and compares them with the default branch. */
export const task: Task = {
  async run(input) {
    const { inputs, job } = input;
    const state = await input.state();
    const before = await state.read(DOCUMENT);
    const { analysis, report, drawing } = await withTextFile(usable(before?.text ?? null, input), (baseline) =>
      scanFolder(
        resolve(job.workspace, inputs.path),
        { baseline, model: inputs.model || undefined, drawing: DRAWING },
        terminalOf(input),
      ),
    );
    const text = `${JSON.stringify(analysis)}\n`;
    const files = { [ANALYSIS]: text, [REPORT]: report, [DRAWING]: drawing };
    await writeOutputs(resolve(job.workspace, inputs.out), files, 'out');
    if (job.origin.isDefaultBranch) await keep(text, before?.revision ?? null, input);
    const summary = summarizeArchitecture(analysis);
    const { score, previousScore, newCycles } = summary;
    const was = previousScore === null ? phrase`` : phrase` (default branch: ${previousScore})`;
    return {
      status: newCycles.length === 0 ? 'passed' : 'failed',
      summary: phrase`Health ${score} of 10${was}, new circles of imports: ${newCycles.length}.`,
      facts: [{ kind: 'architecture', summary }],
      bad: newCycles.length === 0 ? [] : ['architecture'],
      outputs: { 'health-score': String(score), 'new-cycles': String(newCycles.length) },
      markdown: report,
    };
  },
};

/** The analysis of the default branch, unless another version of Selfheal wrote it: then the next run of that branch replaces it. */
function usable(text: string | null, { say }: TaskInput): string | null {
  if (text === null) return null;
  try {
    ArchitectureAnalysis.parse(JSON.parse(text));
    return text;
  } catch {
    say('The analysis of the default branch is of another version, so there is nothing to compare with.');
    return null;
  }
}

/** Whoever writes last wins: both are scans of the default branch. */
async function keep(text: string, revision: string | null, { state, say }: TaskInput): Promise<void> {
  if (Buffer.byteLength(text) > MAX_QUALITY_DOCUMENT_BYTES) {
    say('The analysis is too large to be kept, so pull requests are compared with none.');
    return;
  }
  await (await state()).write(DOCUMENT, text, revision);
}
