import { type Excerpt, makeExcerpter } from '#shared/domain/logs/excerpt.ts';
import type { LineRules } from '#shared/domain/logs/line-rules.ts';
import { makePassingLines, type PassingLines } from '#shared/domain/logs/passing-lines.ts';
import { makeRedactor } from '#shared/domain/redaction/redact.ts';
import { counted } from '#shared/kernel/time-words.ts';
import { defineCommand, forEachFile, JSON_OPTION, wholeNumber } from '../command.ts';
import { CONFIG_OPTION, lineRulesOfFile } from '../input/log-evidence.ts';
import { openInput, textOf } from '../input/open-input.ts';
import type { Terminal } from '../terminal.ts';

const LINES = { otherwise: 100, atMost: 5_000 };

async function passingLinesOf(file: string | undefined, terminal: Terminal): Promise<PassingLines | undefined> {
  if (file === undefined) return undefined;
  const passing = makePassingLines();
  for await (const chunk of textOf(await openInput(file, terminal))) passing.push(chunk);
  return passing;
}

async function excerptOf(
  file: string,
  maxLines: number,
  { passing, rules }: { readonly passing: PassingLines | undefined; readonly rules: LineRules | null },
  terminal: Terminal,
): Promise<Excerpt> {
  const input = await openInput(file, terminal);
  const redactor = makeRedactor();
  const excerpter = makeExcerpter({ maxLines, redactor, rules, ...(passing ? { passing } : {}) });
  for await (const chunk of textOf(input)) excerpter.push(chunk);
  return excerpter.finish();
}

/** One JSON document: 1-based line numbers (lines end with LF) with their scores, best first. */
function asJson(file: string, { lines }: Excerpt): string {
  const best = [...lines].sort((a, b) => b.score - a.score || b.number - a.number);
  const rounded = best.map(({ number, score }) => ({ line: number, score: Math.round(score * 1e4) / 1e4 }));
  return `${JSON.stringify({ file, lines: rounded })}\n`;
}

/** The lines in source order; `...` marks a gap. */
function asText(file: string, { lines, totalLines }: Excerpt): string {
  const width = String(totalLines).length;
  const shown = lines.map(({ number, text }, at) => {
    const gap = number - (lines[at - 1]?.number ?? 0) > 1 ? `${' '.repeat(width)} ...\n` : '';
    return `${gap}${String(number).padStart(width)}  ${text}\n`;
  });
  return `${file}: ${lines.length} of ${counted(totalLines, 'line')}\n${shown.join('')}`;
}

export const logExcerpt = defineCommand({
  name: 'log excerpt',
  summary: 'print the lines of a log that explain its failure, redacted',
  details: 'With --json: {file, lines: [{line, score}]} per file, 1-based line numbers, best first.',
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
    return forEachFile(operands, terminal, async (file) => {
      const excerpt = await excerptOf(file, maxLines, { passing, rules }, terminal);
      for (const note of excerpt.notes) terminal.say(`selfheal: ${file}: ${note}`);
      await terminal.write(options.json === true ? asJson(file, excerpt) : asText(file, excerpt));
    });
  },
});
