import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { summarizeArchitecture } from '@selfheal/pull-request-quality/domain/architecture/analyze-architecture.ts';
import type { ArchitectureAnalysis } from '@selfheal/pull-request-quality/domain/architecture/architecture-analysis.ts';
import { leaveResult, RESULT_OPTIONS } from '#apps/workbench/feedback/write-result.ts';
import { writeOutputs } from '#shared/adapters/system/output-files.ts';

const ANALYSIS = 'architecture_analysis.json';
const REPORT = 'architecture_report.md';
const DRAWING = 'architecture_graph.svg';
const MAX_SHOWN = 5;

export const archScan = defineCommand({
  name: 'arch scan',
  summary: 'measure the imports, cycles, coupling and complexity of a project',
  details:
    'Reads TypeScript, JavaScript and Python below PATH, without what Git ignores; PATH is the current directory by default.\n' +
    `With --out it writes ${ANALYSIS}, ${REPORT} and ${DRAWING}.\n` +
    'With --json: the analysis, version 1 (docs/guide/architecture.md).\n' +
    '\n' +
    'Examples:\n' +
    '  selfheal arch scan --out architecture\n' +
    '  selfheal arch scan --baseline main.json --findings codeql.sarif',
  operands: { shown: '[PATH]', atLeast: 0, atMost: 1 },
  options: {
    ...JSON_OPTION,
    out: { type: 'string', value: 'DIR', about: 'folder for the analysis, the report and the drawing' },
    baseline: { type: 'string', value: 'FILE', about: 'an earlier analysis, of the default branch, to compare with' },
    findings: {
      type: 'string',
      value: 'FILE',
      multiple: true,
      about: 'a report of code scanning, such as SARIF of CodeQL; may be given several times',
    },
    model: {
      type: 'string',
      value: 'NAME',
      about: 'who words the opening paragraph: rules, or a model; by default that of the environment, as in "analyze"',
    },
    ...RESULT_OPTIONS,
  },
  async run({ operands, options }, terminal) {
    // Parsers, resolver and layout are loaded when they are needed, not by every command.
    const { scanFolder } = await import('#apps/workbench/architecture/scan-folder.ts');
    const { analysis, report, drawing } = await scanFolder(
      operands[0] ?? '.',
      { ...options, drawing: DRAWING },
      terminal,
    );
    const document = `${JSON.stringify(analysis)}\n`;
    if (options.out !== undefined) {
      const files = { [ANALYSIS]: document, [REPORT]: report, [DRAWING]: drawing };
      await writeOutputs(options.out, files, '--out');
      terminal.say(`Wrote ${Object.keys(files).join(', ')} to ${options.out}.`);
    }
    await leaveResult(options, 'architecture', resultOf(analysis), terminal);
    await terminal.write(options.json === true ? document : asText(analysis));
    return 0;
  },
});

function resultOf(analysis: ArchitectureAnalysis) {
  const summary = summarizeArchitecture(analysis);
  const circles = summary.newCycles.length;
  return {
    status: 'passed' as const,
    summary: `Health ${summary.score.toFixed(1)} of 10, ${circles} new ${circles === 1 ? 'circle' : 'circles'} of imports.`,
    facts: [{ kind: 'architecture' as const, summary }],
  };
}

function asText({ score, trend, cycles, hotspots, coupling, files, skipped }: ArchitectureAnalysis): string {
  const read = files.typescript + files.javascript + files.python;
  const before = trend === null ? '' : ` (before: ${trend.previousScore.toFixed(1)})`;
  const lines = [
    `health ${score.value.toFixed(1)} / 10${before}, ${read} files`,
    ...score.parts.map(({ part, measured, lost }) => `  ${part}: ${shareText(measured)}, loses ${lost.toFixed(2)}`),
    `circles of imports: ${cycles.length}${trend === null ? '' : `, new: ${trend.newCycles.length}`}`,
    ...cycles.slice(0, MAX_SHOWN).map(({ shortest }) => `  ${[...shortest, shortest[0]].join(' -> ')}`),
    `folders that import each other: ${coupling.mutualFolders.length}`,
    ...coupling.mutualFolders
      .slice(0, MAX_SHOWN)
      .map(({ folders, imports }) => `  ${folders.join(' <-> ')} (${imports.join(', ')})`),
    `complexity hotspots: ${hotspots.length}`,
    ...hotspots
      .slice(0, MAX_SHOWN)
      .map((one) => `  ${one.file}:${one.line} ${one.function}: complexity ${one.complexity}, ${one.changes} changes`),
    ...skipped.map(({ reason, files: names }) => `not read as a whole (${reason}): ${names.length}`),
  ];
  return `${lines.join('\n')}\n`;
}
