import { defineCommand, forEachFile, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import type { ClassifyContext } from '@selfheal/diagnosis/failure/classify.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { type Excerpt, makeExcerpter } from '@selfheal/log-reading/logs/excerpt.ts';
import type { LineRules } from '@selfheal/log-reading/logs/line-rules.ts';
import { makePassingLines, type PassingLines } from '@selfheal/log-reading/logs/passing-lines.ts';
import { makeRedactor, redactName } from '@selfheal/redaction/redact.ts';
import { CONFIG_OPTION, lineRulesOfFile } from '#apps/workbench/input/log-evidence.ts';
import { openInput, textOf } from '#apps/workbench/input/open-input.ts';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { MAX_EVIDENCE_LINES } from '#shared/app/gather/excerpts.ts';
import { type ExplainedExcerpt, explainExcerpt } from '#shared/app/triage/explained-excerpt.ts';

const LINES = { otherwise: 100, atMost: 5_000 };

async function passingLinesOf(file: string | undefined, terminal: Terminal): Promise<PassingLines | undefined> {
  if (file === undefined) return undefined;
  const passing = makePassingLines();
  for await (const chunk of textOf(await openInput(file, terminal))) passing.push(chunk);
  return passing;
}

interface Read extends ExplainedExcerpt {
  readonly excerpt: Excerpt;
}

async function read(
  file: string,
  maxLines: number,
  how: { readonly passing: PassingLines | undefined; readonly rules: LineRules | null } & ClassifyContext,
  terminal: Terminal,
): Promise<Read> {
  const { passing, rules, ...context } = how;
  const input = await openInput(file, terminal);
  const redactor = makeRedactor();
  const most = Math.max(maxLines, MAX_EVIDENCE_LINES);
  const excerpter = makeExcerpter({ maxLines: most, redactor, rules, ...(passing ? { passing } : {}) });
  for await (const chunk of textOf(input)) excerpter.push(chunk);
  const excerpt = excerpter.finish();
  const explained = explainExcerpt(redactName(input.name, 200), excerpt, context);
  return { ...explained, best: explained.best.slice(0, maxLines), excerpt };
}

/** One JSON document: 1-based line numbers (lines end with LF) with their scores, best first. */
function asJson(file: string, { best, cause }: Read): string {
  const rounded = best.map(({ number, score }) => ({ line: number, score: Math.round(score * 1e4) / 1e4 }));
  const first = cause === null ? null : { line: cause.number, why: cause.why };
  return `${JSON.stringify({ file, cause: first, lines: rounded })}\n`;
}

/** What carried a line, one space behind it. */
function carried(prefix: string): string {
  return prefix === '' ? '' : `${prefix} `;
}

/** The lines in source order; `...` marks a gap, `>` the cause. */
function asText(file: string, { excerpt: { totalLines }, best, cause }: Read): string {
  const width = String(totalLines).length;
  const lines = [...best].sort((a, b) => a.number - b.number);
  const shown = lines.map(({ number, prefix = '', text }, at) => {
    const gap = number - (lines[at - 1]?.number ?? 0) > 1 ? `${' '.repeat(width)} ...\n` : '';
    return `${gap}${String(number).padStart(width)} ${number === cause?.number ? '>' : ' '}${carried(prefix)}${text}\n`;
  });
  const because = cause === null ? '' : `; the cause is line ${cause.number}: ${cause.why}`;
  return `${file}: ${lines.length} of ${counted(totalLines, 'line')}${because}\n${shown.join('')}`;
}

export const logExcerpt = defineCommand({
  name: 'log excerpt',
  summary: 'print the lines of a log that explain its failure, redacted',
  details:
    'The line that caused the failure is marked with > and comes first in JSON; it is the one that `log chain` names.\n' +
    'With --json: {file, cause: {line, why}, lines: [{line, score}]} per file, 1-based line numbers, best first; cause is null when none is found.',
  operands: { shown: 'FILE...', atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  options: {
    lines: { type: 'string', value: 'N', about: `maximum number of lines; ${LINES.otherwise} by default` },
    passing: {
      type: 'string',
      value: 'FILE',
      about: 'the log of a passing run of the same job; lines that it lacks count more',
    },
    ...CONFIG_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands, options }, terminal) {
    const maxLines = wholeNumber('lines', options.lines, LINES);
    const passing = await passingLinesOf(options.passing, terminal);
    const rules = await lineRulesOfFile(options.config);
    const signatures = await shippedSignatures(terminal.say);
    const model = await shippedModel(terminal.say);
    return forEachFile(operands, terminal, async (file) => {
      const found = await read(file, maxLines, { passing, rules, signatures, model }, terminal);
      for (const note of found.excerpt.notes) terminal.say(`selfheal: ${file}: ${note}`);
      await terminal.write(options.json === true ? asJson(file, found) : asText(file, found));
    });
  },
});
