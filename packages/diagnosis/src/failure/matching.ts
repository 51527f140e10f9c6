import { type Evidence, type EvidenceLine, REPORT_STATEMENT } from '@selfheal/log-reading/logs/evidence.ts';
import { spokenLine } from '@selfheal/log-reading/logs/structured-line.ts';
import type { TextPattern } from '@selfheal/log-reading/logs/text-pattern.ts';
import { failingStepOf } from './failing-step.ts';
import { ancestorsOf, type CompiledSignature, type SignatureSet } from './signatures.ts';

/** One signature found at one evidence line. */
export interface SignatureMatch {
  readonly compiled: CompiledSignature;
  readonly line: EvidenceLine;
  /** Named captures of the pattern; tainted. */
  readonly captures: Readonly<Record<string, string>>;
  /** 0 to 1: the signature's confidence, weighted by how relevant its line is in its log. */
  readonly strength: number;
  /** A harness counts failed tests in its line, which holds however much else the log says. */
  readonly isVerdict: boolean;
}

const BLOCK_BEFORE = 3;
const BLOCK_AFTER = 8;
/** Characters of a line that a pattern sees. Longer lines are cut, so that no text makes a pattern slow. */
const SEEN_OF_LINE = 2_048;
/** Characters that a block pattern sees of the surrounding lines. */
const SEEN_OF_NEIGHBOUR = 600;
/** Minimum weight of a line that is far less relevant than the best of its log. */
const MIN_RELEVANCE = 0.5;

/** Adjacent lines of the log around `at`, each cut, joined by LF; a gap in the line numbers ends the block. */
function blockAround(lines: readonly EvidenceLine[], at: number): string {
  let first = at;
  while (first > 0 && at - first < BLOCK_BEFORE && adjacent(lines[first - 1], lines[first])) first -= 1;
  let last = at;
  while (last < lines.length - 1 && last - at < BLOCK_AFTER && adjacent(lines[last], lines[last + 1])) last += 1;
  return lines
    .slice(first, last + 1)
    .map((line, index) => line.text.slice(0, first + index === at ? SEEN_OF_LINE : SEEN_OF_NEIGHBOUR))
    .join('\n');
}

function adjacent(a: EvidenceLine | undefined, b: EvidenceLine | undefined): boolean {
  return a !== undefined && b !== undefined && b.number - a.number === 1;
}

function capturesOf(match: NonNullable<ReturnType<TextPattern['exec']>>): Record<string, string> {
  const present = Object.entries(match.groups ?? {}).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
  );
  return Object.fromEntries(present);
}

/** The raw line and, when it is structured, its readable form; each cut. */
function readings(text: string): readonly string[] {
  const spoken = spokenLine(text);
  const seen = text.slice(0, SEEN_OF_LINE);
  return spoken === null ? [seen] : [spoken.slice(0, SEEN_OF_LINE), seen];
}

function relevanceOf(score: number, best: number): number {
  if (best <= 0) return 1;
  return MIN_RELEVANCE + (1 - MIN_RELEVANCE) * Math.max(0, score / best);
}

/** A harness's count of failed tests. */
const COUNTS_FAILURES =
  /\b[1-9]\d{0,6} (?:tests? |examples? |specs? |assertions? )?(?:failed|failures?|failing|errors?)\b|\b(?:Failures|Failed|Errors|failures|failed|errors)\s?[:=]\s?[1-9]|\bFAIL [1-9]|^Status: [1-9]\d{0,3} ERROR/;

/** A command that would print its text: a script that is shown before it runs, or as it runs. What it prints is a line of its own. */
const PRINTS = /^\s{0,40}(?:\+{1,4} |\$ )?(?:echo|printf|Write-(?:Host|Error|Output)) ["'$>&-]/;

function matchesOfLine(
  lines: readonly EvidenceLine[],
  at: number,
  best: number,
  signatures: SignatureSet,
  isReport: boolean,
): SignatureMatch[] {
  const line = lines[at];
  if (line === undefined || PRINTS.test(line.text)) return [];
  const step = failingStepOf(lines, at);
  const texts = readings(line.text);
  const steps = step === null ? [] : [step.text];
  const found = signatures.candidates([...texts, ...steps].join('\n')).flatMap((compiled) => {
    if (compiled.signature.where === 'report' && !isReport) return [];
    const { where } = compiled.signature;
    const seen = where === 'block' ? [blockAround(lines, at)] : where === 'step' ? steps : texts;
    const match = firstMatch(compiled, seen);
    if (match === null) return [];
    const { confidence } = compiled.signature;
    const isVerdict = compiled.signature.class === 'test_failure' && COUNTS_FAILURES.test(line.text);
    const strength = confidence * (isVerdict ? 1 : relevanceOf(line.score, best));
    // The closing line of a step says nothing that a person could see.
    const cited = where === 'step' && step !== null ? (lines[step.at] ?? line) : line;
    return [{ compiled, line: cited, captures: capturesOf(match), strength, isVerdict }];
  });
  return withoutRefined(found, signatures);
}

/** Drops a match when a more specific signature matched the same line. */
function withoutRefined(found: SignatureMatch[], { byId }: SignatureSet): SignatureMatch[] {
  const refined = new Set(found.flatMap(({ compiled }) => ancestorsOf(compiled.signature.id, byId)));
  return refined.size === 0 ? found : found.filter(({ compiled }) => !refined.has(compiled.signature.id));
}

function firstMatch({ regExp }: CompiledSignature, texts: readonly string[]): ReturnType<TextPattern['exec']> {
  for (const text of texts) {
    const match = regExp.exec(text);
    if (match !== null) return match;
  }
  return null;
}

/** Every signature that matches anywhere in the evidence, in source order; what the failing step is for counts only where nothing else is known. */
export function matchSignatures(evidence: Evidence, signatures: SignatureSet): SignatureMatch[] {
  const found = evidence.sources.flatMap(({ id, lines }) => {
    const best = lines.reduce((most, line) => Math.max(most, line.score), 0);
    const isReport = id === REPORT_STATEMENT;
    return lines.flatMap((_, at) => matchesOfLine(lines, at, best, signatures, isReport));
  });
  const told = found.filter(({ compiled }) => compiled.signature.where !== 'step');
  return told.length > 0 ? told : found;
}
