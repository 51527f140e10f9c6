import type { Chance } from '@selfheal/kernel/failure-class.ts';
import { shortenedText } from '@selfheal/kernel/text/shortened-text.ts';

const OPTIONAL = /\[([^[\]]*\{\w+\}[^[\]]*)\]/g;
const NAME = /\{(\w+)\}/g;
const MAX_ADVICE_LENGTH = 180;

/** A part of a log made safe for one line of prose: no control characters, no backticks, cut in the middle. */
export function tamed(text: string, longest: number = MAX_ADVICE_LENGTH, focus = 0): string {
  const plain = text
    .replace(/[\p{Cc}`]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/(?<!\.)[.,;:]+$/, '');
  return shortenedText(plain, longest, focus);
}

/** Marks an omitted segment; no template and no captured text contains it. */
const LEFT_OUT = '\u0000';

/**
 * Spaces around an omission become one, or none before punctuation. Other spacing in the template (`go test ./...`)
 * stays.
 */
function closeGaps(template: string): string {
  return template
    .replace(new RegExp(` *${LEFT_OUT}[ ${LEFT_OUT}]*(?=[.,;:!?)](?:\\s|$))`, 'g'), '')
    .replace(new RegExp(` *${LEFT_OUT}[ ${LEFT_OUT}]*`, 'g'), (gap) =>
      /^ .* $/.test(gap) ? ' ' : gap.replaceAll(LEFT_OUT, ''),
    );
}

/** What no shell reads as anything else, brackets of test names included. */
const PLAIN_WORD = /^(?![-~])[\w@%+=:,./[\]-]+$/;

/**
 * A part of a log as one word of a command that people copy: whoever wrote the log may have chosen it. In double quotes where nothing in it is special there, else in
 * single ones (POSIX, "Quoting"). `isQuoted`: in quotes in any case. Null for what a program would take for an option.
 */
function commandWord(text: string, isQuoted = false): string | null {
  if (text.startsWith('-')) return null;
  if (PLAIN_WORD.test(text) && !isQuoted) return text;
  return /["$\\!`]/.test(text) ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`;
}

/** Code that is a command with something of the log in it: `pytest {test}`, not `{test}`. */
const COMMAND = /`[a-z][\w.-]* [^`]*\{\w+\}[^`]*`/g;
const IN_COMMAND = /(["']?)\{(\w+)\}\1/g;

/**
 * Fills an advice template: `{name}` is replaced by the capture of that name; a segment in square brackets is omitted
 * when one of its captures is missing. In a command a capture is one word of it, quoted where it has to be. The result is as tainted as the captures: for
 * display only.
 */
export function fillAdvice(template: string, captures: Readonly<Record<string, string>>): string {
  const value = (name: string): string | null => {
    const captured = captures[name];
    return captured === undefined || captured.trim() === '' ? null : tamed(captured);
  };
  const word = (name: string, isQuoted = false): string | null => {
    const text = value(name);
    return text === null ? null : commandWord(text, isQuoted);
  };
  const named = (text: string, pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].map((match) => match.at(-1) ?? '');
  const chosen = template.replace(OPTIONAL, (_, inner: string) => {
    const inCommands = (inner.match(COMMAND) ?? []).flatMap((command) => named(command, NAME));
    const isWhole = named(inner, NAME).every((name) => value(name) !== null);
    return isWhole && inCommands.every((name) => word(name) !== null) ? inner : LEFT_OUT;
  });
  // One pass, so that nothing of the log is read as a part of the template.
  const filled = closeGaps(chosen).replace(new RegExp(`${COMMAND.source}|${NAME.source}`, 'g'), (part) =>
    part.startsWith('`')
      ? part.replace(IN_COMMAND, (_, quote: string, name: string) => word(name, quote !== '') ?? 'unnamed')
      : (value(part.slice(1, -1)) ?? 'unnamed'),
  );
  return filled.trim();
}

/** What advice is about: jobs of a run or a running service, and whether waiting or repeating can help. */
export interface AdviceSetting {
  readonly about: 'run' | 'service';
  readonly chance: Chance;
}

const REPEAT =
  '(?:re-?run(?: (?:it|them|the (?:failed )?(?:jobs?|run|workflow|build|tests?)))?|(?:run|start) (?:it|them|the (?:failed )?(?:jobs?|run|workflow|build|tests?)) again)';
const ASKS_REPEAT = new RegExp(`\\b${REPEAT}|\\ba re-?run\\b`, 'i');

/** Whether the advice asks to run the same again. */
export const asksForRepeat = (advice: string): boolean => ASKS_REPEAT.test(advice);

const ROLLBACK = '(?:restore the previous version|roll back\\b|roll an? [\\w ]{1,40} back to|point the alias back)';
const ASKS_ROLLBACK = new RegExp(`\\b${ROLLBACK}`, 'i');
/** A rollback as one of two ways, with its condition: the other way remains. */
const ROLLBACK_FIRST = new RegExp(`^${ROLLBACK}[^;,.]*,? (?:or|and) `, 'i');
const ROLLBACK_SECOND = new RegExp(`[;,]? (?:or|and) ${ROLLBACK}[^.;]*`, 'i');
const ROLLBACK_CLAUSE = new RegExp(`; ${ROLLBACK}[^.;]*`, 'i');

/** Whether the advice asks to restore what ran before. */
export const asksForRollback = (advice: string): boolean => ASKS_ROLLBACK.test(advice);

/** The advice without the rollback: it was tried in vain, or somebody decided against it. Empty where nothing else was advised. */
export function withoutRollback(advice: string): string {
  const sentences = advice.split(/(?<=[.!?])\s+(?=[A-Z])/);
  return sentences
    .map((sentence) => {
      if (!asksForRollback(sentence)) return sentence;
      const left = sentence.replace(ROLLBACK_FIRST, '').replace(ROLLBACK_SECOND, '').replace(ROLLBACK_CLAUSE, '');
      return asksForRollback(left) ? '' : left.replace(/^[a-z]/, (first) => first.toUpperCase());
    })
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** How a clause asks for something besides the re-run, and what remains of it. */
const BESIDE_REPEAT: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`^${REPEAT},? and `, 'i'), ''],
  [new RegExp(`^${REPEAT} (?:on|with) (?!another)`, 'i'), 'use '],
  [new RegExp(` \\(${REPEAT}\\)`, 'i'), ''],
  [new RegExp(`^(?!wait )(.{4,}?),? (?:and|then)(?: then)? ${REPEAT}(?: later)?$`, 'i'), '$1'],
];
/** Clauses about a re-run that did not help. */
const WHEN_IT_LASTS =
  /^(?:if|when) it (?:stays|lasts|returns|repeats|persists|comes back|happens often|(?:fails|crashes) again)(?: often)?,? /i;
const ONLY_IN_RUNS = /\bin (?:CI|GitHub Actions|tests?) |\bfor forks\b|\bpull request\b/i;
/** Words about jobs, and their equivalents for services. */
const SERVICE_WORDS: readonly (readonly [RegExp, string])[] = [
  [/ \(in tests?:[^)]{1,60}\)/g, ''],
  [/ before the step that failed(?: \([^)]{1,80}\))?/g, ''],
  [/\bjob or service\b/gi, 'service'],
  [/\b(the|this|that|each|every|a) jobs?\b/gi, '$1 service'],
  [/\bthe runner\b/gi, 'the machine'],
  [/\brunners?\b/gi, 'machines'],
];

/** The template in words for a service, where it is about one. */
export function fitWords(template: string, { about }: AdviceSetting): string {
  if (about === 'run') return template;
  return SERVICE_WORDS.reduce((text, [pattern, word]) => text.replace(pattern, word), template);
}

interface Clause {
  readonly text: string;
  readonly end: string;
}

/** Clauses with their endings. Punctuation inside code or a segment ends none. */
function clausesOf(template: string): Clause[] {
  return [...template.matchAll(/(?<text>(?:`[^`]*`|\[[^\]]*\]|\([^)]*\)|[^.;]|[.;](?=\S))+)(?<end>[.;]?)\s*/g)].map(
    ({ groups }) => ({ text: (groups?.text ?? '').trim(), end: groups?.end ?? '' }),
  );
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The advice without clauses that do not apply: a service has no job to re-run, and a lasting failure will fail again.
 * Empty when nothing is left.
 */
export function fitAdvice(template: string, setting: AdviceSetting): string {
  const repeats = setting.about === 'run' && setting.chance !== 'lasts';
  if (repeats) return template;
  const kept: Clause[] = [];
  let dropped = false;
  for (const { text, end } of clausesOf(template)) {
    const alone = BESIDE_REPEAT.reduce((clause, [pattern, word]) => clause.replace(pattern, word), text);
    if (ASKS_REPEAT.test(alone) || (setting.about === 'service' && ONLY_IN_RUNS.test(text))) {
      dropped = true;
      continue;
    }
    kept.push({ text: dropped ? alone.replace(WHEN_IT_LASTS, '').replace(/^then /i, '') : alone, end });
    dropped = false;
  }
  const sentences = kept.map(({ text, end }, at) => {
    const before = kept[at - 1];
    const starts = before === undefined || before.end !== ';';
    return `${starts ? capitalised(text) : text}${at === kept.length - 1 ? '.' : end}`;
  });
  return fitWords(sentences.join(' '), setting);
}

const MAX_SENTENCE_LENGTH = 200;

/** The first sentence without its full stop, shortened for a headline. */
export function firstSentence(text: string): string {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? '';
  const sentence = /^.{8,}?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
  const plain = sentence.trim().replace(/[.!]$/, '');
  return plain.length > MAX_SENTENCE_LENGTH ? `${plain.slice(0, MAX_SENTENCE_LENGTH)}...` : plain;
}
