import { defineCommand, forEachFile, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { makeTemplateMiner, type TemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';
import { lineBatches } from '#apps/workbench/input/log-lines.ts';
import { STANDARD_INPUT } from '#apps/workbench/input/open-input.ts';

async function learn(miner: TemplateMiner, file: string, terminal: Terminal): Promise<void> {
  for await (const lines of lineBatches(file, terminal)) for (const [, text] of lines) miner.add(text);
  miner.refine();
}

async function printLines(miner: TemplateMiner, file: string, terminal: Terminal): Promise<void> {
  const isRead = file !== STANDARD_INPUT;
  for await (const lines of lineBatches(file, terminal)) {
    const printed = lines.map(([line, text]) => {
      const { cluster, template, parameters } = isRead ? miner.match(text) : miner.add(text);
      return `${JSON.stringify({ line, cluster, template, parameters })}\n`;
    });
    await terminal.write(printed.join(''));
  }
}

/** Templates with their line counts, most frequent first. */
function asText(file: string, miner: TemplateMiner): string {
  const clusters = [...miner.clusters()].sort((a, b) => b.lines - a.lines || a.cluster - b.cluster);
  const width = String(clusters[0]?.lines ?? 0).length;
  const rows = clusters.map(({ lines, template }) => `${String(lines).padStart(width)}  ${template}\n`);
  return `${file}: ${counted(clusters.length, 'template')}\n${rows.join('')}`;
}

export const logTemplates = defineCommand({
  name: 'log templates',
  summary: 'mine the templates of a log: its messages with the variable parts masked',
  details:
    'With --json: {line, cluster, template, parameters} per line that is not blank. A file is read twice, first to learn all templates, then to\n' +
    'print its lines. Standard input (-) is read once, so each line is printed with the templates known so far.',
  operands: { shown: 'FILE...', atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  options: JSON_OPTION,
  async run({ operands, options }, terminal) {
    return forEachFile(operands, terminal, async (file) => {
      const miner = makeTemplateMiner();
      const streamed = file === STANDARD_INPUT && options.json === true;
      if (!streamed) await learn(miner, file, terminal);
      if (options.json === true) await printLines(miner, file, terminal);
      else await terminal.write(asText(file, miner));
    });
  },
});
