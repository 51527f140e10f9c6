import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { scanFolder } from '#apps/cli/architecture/scan-folder.ts';
import { summarizeArchitecture } from '#shared/domain/architecture/analyze-architecture.ts';
import { phrase } from '#shared/kernel/text/redacted-text.ts';
import { MAX_QUALITY_DOCUMENT_BYTES } from '#shared/ports/quality-state.ts';
import type { Task, TaskInput } from '../task.ts';

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
    const baseline = before === null ? null : { file: `${DOCUMENT} of the state`, text: before.text };
    const { analysis, report, drawing } = await scanFolder(resolve(job.workspace, inputs.path), {
      baseline,
      drawing: DRAWING,
    });
    const text = `${JSON.stringify(analysis)}\n`;
    const folder = resolve(job.workspace, inputs.out);
    await mkdir(folder, { recursive: true });
    for (const [name, content] of Object.entries({ [ANALYSIS]: text, [REPORT]: report, [DRAWING]: drawing }))
      await writeFile(join(folder, name), content);
    if (isDefaultBranch(input)) await keep(text, before?.revision ?? null, input);
    const summary = summarizeArchitecture(analysis);
    const { score, previousScore, newCycles } = summary;
    const was = previousScore === null ? phrase`` : phrase` (default branch: ${previousScore})`;
    return {
      status: newCycles.length === 0 ? 'passed' : 'failed',
      summary: phrase`Health ${score} of 10${was}, ${newCycles.length} new circles of imports.`,
      facts: [{ kind: 'architecture', summary }],
      bad: newCycles.length === 0 ? [] : ['architecture'],
      outputs: { 'health-score': String(score), 'new-cycles': String(newCycles.length) },
      markdown: report,
    };
  },
};

const isDefaultBranch = ({ job: { branch, defaultBranch } }: TaskInput): boolean =>
  branch !== null && branch === defaultBranch;

/** Whoever writes last wins: both are scans of the default branch. */
async function keep(text: string, revision: string | null, { state, say }: TaskInput): Promise<void> {
  if (Buffer.byteLength(text) > MAX_QUALITY_DOCUMENT_BYTES) {
    say('The analysis is too large to be kept, so pull requests are compared with none.');
    return;
  }
  await (await state()).write(DOCUMENT, text, revision);
}
