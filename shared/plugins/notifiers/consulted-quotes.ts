import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import { cutLine } from './cut-line.ts';
import { fenced, safeLine } from './markdown.ts';

const MOST_LINES = 20;
const LONGEST_LINE = 220;

/** The lines that a language model looked up and cites, under what it looked into, each with the reference that the text cites. */
export function consultedQuotes(diagnosis: Diagnosis | null): string[] {
  const cited = (diagnosis?.model?.consulted ?? []).filter(({ text }) => text.trim() !== '').slice(0, MOST_LINES);
  return [...Map.groupBy(cited, ({ origin }) => origin)].map(([origin, lines]) => {
    const width = Math.max(...lines.map(({ ref }) => ref.length));
    const shown = lines.map(({ ref, text }) => `${ref.padStart(width)} | ${cutLine(text, LONGEST_LINE)}`);
    return `${safeLine(origin)} (looked up)\n\n${fenced(shown.join('\n'), 'text')}`;
  });
}
