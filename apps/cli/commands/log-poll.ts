import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { Severity, severityOf } from '@selfheal/log-reading/logs/severity.ts';
import { makeTemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';
import { SourceDown } from '../forward/log-source.ts';
import { openLogSource } from '../forward/open-source.ts';

const MAX_TEMPLATES = 5;

export const logPoll = defineCommand({
  name: 'log poll',
  aliases: ['test-log-polling'],
  summary: 'look once at the log sources that "log forward" would read, and show what is there; nothing is sent',
  details:
    'Reads ELASTICSEARCH_URLS where it is set, otherwise the files, from their beginning. With --json: {source, notes, lines, levels, templates}.',
  operands: { shown: 'FILE...', atLeast: 0, atMost: 50 },
  options: JSON_OPTION,
  async run({ operands, options }, terminal) {
    const { source } = await openLogSource(operands, terminal, { stateFile: null, fromStart: true, service: null });
    const levels: Record<Severity, number> = { critical: 0, error: 0, warning: 0, info: 0, debug: 0 };
    const miner = makeTemplateMiner();
    const redactor = makeRedactor();
    try {
      const { lines, notes } = await source.read();
      for (const { text } of lines) {
        const redacted = redactor.line(text);
        levels[severityOf(redacted)] += 1;
        if (redacted.trim() !== '') miner.add(redacted);
      }
      miner.refine();
      const templates = [...miner.clusters()]
        .sort((a, b) => b.lines - a.lines || a.cluster - b.cluster)
        .slice(0, MAX_TEMPLATES)
        .map(({ template, lines: count }) => ({ template, count }));
      if (options.json === true) {
        await terminal.write(
          `${JSON.stringify({ source: source.name, notes, lines: lines.length, levels, templates })}\n`,
        );
        return lines.length === 0 ? 1 : 0;
      }
      const byLevel = Severity.options.filter((level) => levels[level] > 0).map((level) => `${level} ${levels[level]}`);
      await terminal.write(
        [
          `${source.name}: ${counted(lines.length, 'line')}`,
          ...notes.map((note) => `  ${note}`),
          ...(lines.length === 0 ? [] : [`  levels: ${byLevel.join(', ')}`]),
          ...templates.map(({ template, count }) => `  ${String(count).padStart(5)}  ${template.slice(0, 200)}`),
          lines.length === 0
            ? 'Nothing to read: name files, set ELASTICSEARCH_URLS, or write some with "selfheal log sample".'
            : 'To send them as they are written: selfheal log forward --service NAME',
          '',
        ].join('\n'),
      );
      return lines.length === 0 ? 1 : 0;
    } catch (error) {
      if (!(error instanceof SourceDown)) throw error;
      terminal.say(`selfheal: ${error.message}`);
      return 1;
    } finally {
      await source.close();
    }
  },
});
