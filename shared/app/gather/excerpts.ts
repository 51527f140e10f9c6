import type { EvidenceLine, EvidenceSource } from '#shared/domain/logs/evidence.ts';
import { type Excerpt, type ExcerptLine, makeExcerpter } from '#shared/domain/logs/excerpt.ts';
import type { LineRules } from '#shared/domain/logs/line-rules.ts';
import type { PassingLines } from '#shared/domain/logs/passing-lines.ts';
import { makeRedactor } from '#shared/domain/redaction/redact.ts';
import type { RawText } from '#shared/kernel/text/raw-text.ts';
import { phrase, type RedactedText } from '#shared/kernel/text/redacted-text.ts';

/** For all sources together: enough to understand a failure, small enough to read, store and send to a model. */
export const MAX_EVIDENCE_LINES = 150;
export const MAX_EVIDENCE_CHARACTERS = 24_000;
/** Sources that share the lines; further ones are only named in a note. */
export const MAX_EVIDENCE_SOURCES = 8;

export interface SourceMeta {
  readonly id: string;
  /** Tainted. */
  readonly name: RedactedText;
  readonly url: string | null;
}

export interface OpenSource {
  push(chunk: RawText | string): void;
}

export interface Excerpts {
  /** Starts a source, compared with a passing run's output where known. Sources are read one after the other. */
  open(meta: SourceMeta, passing?: PassingLines): OpenSource;
  finish(): { sources: EvidenceSource[]; notes: RedactedText[] };
}

/**
 * Excerpts of several logs by the rules of the configuration, redacted line by line with one redactor, cut to the
 * limits above by relevance.
 */
export function makeExcerpts(sources: number, rules: LineRules | null = null): Excerpts {
  const redactor = makeRedactor();
  const maxLines = Math.floor(MAX_EVIDENCE_LINES / Math.max(1, Math.min(sources, MAX_EVIDENCE_SOURCES)));
  const read: { meta: SourceMeta; excerpt: Excerpt }[] = [];
  let finishOpen = () => {};
  return {
    open(meta, passing) {
      // Before the redactor loses its state: the last line may belong to a private key.
      finishOpen();
      redactor.nextSource();
      const excerpter = makeExcerpter({ maxLines, redactor, rules, ...(passing ? { passing } : {}) });
      finishOpen = () => {
        read.push({ meta, excerpt: excerpter.finish() });
        finishOpen = () => {};
      };
      return { push: (chunk) => excerpter.push(chunk) };
    },
    finish() {
      finishOpen();
      const kept = fitting(read.flatMap(({ excerpt }) => excerpt.lines));
      let next = 1;
      const numbered = (line: ExcerptLine): EvidenceLine => ({ ref: `L${next++}`, ...line });
      return {
        sources: read.map(({ meta, excerpt }) => ({
          ...meta,
          totalLines: excerpt.totalLines,
          lines: excerpt.lines.filter((line) => kept.has(line)).map(numbered),
        })),
        notes: read.flatMap(({ meta, excerpt }) => excerpt.notes.map((note) => phrase`${meta.name}: ${note}`)),
      };
    },
  };
}

/** The most relevant lines that fit into the character limit. */
function fitting(lines: readonly ExcerptLine[]): ReadonlySet<ExcerptLine> {
  const kept = new Set<ExcerptLine>();
  let room = MAX_EVIDENCE_CHARACTERS;
  for (const line of [...lines].sort((a, b) => b.score - a.score)) {
    room -= line.text.length + 1;
    if (room < 0) break;
    kept.add(line);
  }
  return kept;
}
