import type { RawText } from '@selfheal/kernel/text/raw-text.ts';
import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Evidence, EvidenceLine, EvidenceSource } from '@selfheal/log-reading/logs/evidence.ts';
import { type Excerpt, type ExcerptLine, makeExcerpter } from '@selfheal/log-reading/logs/excerpt.ts';
import type { LineReader } from '@selfheal/log-reading/logs/line-marks.ts';
import type { LineRanker } from '@selfheal/log-reading/logs/line-ranker.ts';
import type { LineRules } from '@selfheal/log-reading/logs/line-rules.ts';
import type { PassingLines } from '@selfheal/log-reading/logs/passing-lines.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';

/** Limit over all sources: enough to understand a failure, and small enough to store and send to a model. */
export const MAX_EVIDENCE_LINES = 150;
export const MAX_EVIDENCE_CHARACTERS = 24_000;
/** Number of sources with lines; further sources are only named in a note. */
export const MAX_EVIDENCE_SOURCES = 8;

interface SourceMeta {
  readonly id: string;
  /** Tainted: worded by outsiders. */
  readonly name: RedactedText;
  readonly url: string | null;
}

interface OpenSource {
  push(chunk: RawText | string): void;
}

export interface Excerpts {
  /**
   * Starts a source; `passing` are lines of a passing run to compare it with, `beside` opens what reads its lines, too, and is to be
   * finished afterwards. Sources are read one after the other.
   */
  open(meta: SourceMeta, passing?: PassingLines, beside?: () => LineReader): OpenSource;
  finish(): { sources: EvidenceSource[]; notes: RedactedText[] };
}

/**
 * Takes excerpts of several logs by the configured rules, redacts them line by line with one redactor, and cuts them to the limits above by
 * relevance. `ranker`: another one than the shipped.
 */
export function makeExcerpts(sources: number, rules: LineRules | null = null, ranker?: LineRanker): Excerpts {
  const redactor = makeRedactor();
  const maxLines = Math.floor(MAX_EVIDENCE_LINES / Math.max(1, Math.min(sources, MAX_EVIDENCE_SOURCES)));
  const read: ReadSource[] = [];
  let finishOpen = () => {};
  return {
    open(meta, passing, beside) {
      // The redactor must still have its state: the last line may belong to a private key.
      finishOpen();
      redactor.nextSource();
      const excerpter = makeExcerpter({
        maxLines,
        redactor,
        rules,
        ...(passing ? { passing } : {}),
        ...(beside ? { beside: beside() } : {}),
        ...(ranker ? { ranker } : {}),
      });
      finishOpen = () => {
        read.push({ meta, excerpt: excerpter.finish() });
        finishOpen = () => {};
      };
      return { push: (chunk) => excerpter.push(chunk) };
    },
    finish() {
      finishOpen();
      return kept(read);
    },
  };
}

interface ReadSource {
  readonly meta: SourceMeta;
  readonly excerpt: Excerpt;
}

/** What is kept of excerpts that were read, with references over all of them. */
function kept(read: readonly ReadSource[]): ReturnType<Excerpts['finish']> {
  const fit = fitting(read.flatMap(({ excerpt }) => excerpt.lines));
  let next = 1;
  const numbered = (line: ExcerptLine): EvidenceLine => ({ ref: `L${next++}`, ...line });
  return {
    sources: read.map(({ meta, excerpt }) => ({
      ...meta,
      totalLines: excerpt.totalLines,
      lines: excerpt.lines.filter((line) => fit.has(line)).map(numbered),
    })),
    notes: read.flatMap(({ meta, excerpt }) => excerpt.notes.map((note) => phrase`${meta.name}: ${note}`)),
  };
}

/** Evidence that belongs to no incident. */
export function looseEvidence(read: ReturnType<Excerpts['finish']>): Evidence {
  return { version: 1, incidentId: 'none', gatheredAt: new Date(0).toISOString(), ...read };
}

/** The evidence of one log from a longer excerpt of it: what the workflow would keep. */
export function evidenceOfExcerpt(name: RedactedText, excerpt: Excerpt): Evidence {
  const best = new Set([...excerpt.lines].sort(byScore).slice(0, MAX_EVIDENCE_LINES));
  const lines = excerpt.lines.filter((line) => best.has(line));
  return looseEvidence(kept([{ meta: { id: 'log', name, url: null }, excerpt: { ...excerpt, lines } }]));
}

/** Best first; of equal ones the last. */
export function byScore(a: ExcerptLine, b: ExcerptLine): number {
  return b.score - a.score || b.number - a.number;
}

/** The most relevant lines within the character limit. */
function fitting(lines: readonly ExcerptLine[]): ReadonlySet<ExcerptLine> {
  const fit = new Set<ExcerptLine>();
  let room = MAX_EVIDENCE_CHARACTERS;
  for (const line of [...lines].sort((a, b) => b.score - a.score)) {
    room -= line.text.length + 1;
    if (room < 0) break;
    fit.add(line);
  }
  return fit;
}
