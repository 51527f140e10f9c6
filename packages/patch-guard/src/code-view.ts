import type { Language } from './language.ts';
import { type Literal, SYNTAX, type Syntax } from './syntax.ts';

/** One parsed line of a source file. */
export interface CodeLine {
  /** Without comments, strings emptied: the code that runs. */
  readonly code: string;
  /** Without comments, strings whole. */
  readonly text: string;
  readonly comment: string;
  /** Nesting depth of its first character: open brackets, indentation, or open `do`, `def`, `if` ... by language. */
  readonly depth: number;
}

export interface CodeView {
  readonly lines: readonly CodeLine[];
  /** False when a string, comment or bracket is still open at the end: the view is not reliable then. */
  readonly closed: boolean;
}

type Mode =
  | { kind: 'code'; braces: number; within: boolean }
  | { kind: 'string'; literal: Literal; interpolates: boolean }
  | { kind: 'block'; close: string; open: string; nested: boolean; level: number };

interface Lexer {
  readonly syntax: Syntax;
  readonly modes: Mode[];
  /** Here-documents begun on this line; each ends at a word. */
  readonly heredocs: { word: string }[];
  code: string;
  text: string;
  comment: string;
}

/** Parses source line by line. Never fails: what is not closed makes the view not `closed`. */
export function viewCode(lines: readonly string[], language: Language): CodeView {
  const syntax = SYNTAX[language];
  const lexer: Lexer = {
    syntax,
    modes: [{ kind: 'code', braces: 0, within: false }],
    heredocs: [],
    code: '',
    text: '',
    comment: '',
  };
  const end = lines.findIndex((line) => syntax.end?.test(line));
  const parts = lines.map((line, at) => {
    Object.assign(lexer, { code: '', text: '', comment: '' });
    if (end >= 0 && at > end) lexer.comment = line;
    else if (!inHeredoc(lexer, line)) readLine(lexer, line);
    return { code: lexer.code, text: lexer.text, comment: lexer.comment };
  });
  const depths = depthsOf(parts, syntax.depth);
  return {
    lines: parts.map((part, at) => ({ ...part, depth: depths[at] ?? 0 })),
    closed:
      lexer.modes.length === 1 && lexer.heredocs.length === 0 && (syntax.depth === 'indent' || depths.at(-1) === 0),
  };
}

function inHeredoc({ heredocs }: Lexer, line: string): boolean {
  const first = heredocs[0];
  if (first === undefined) return false;
  if (new RegExp(`^\\s*${first.word}\\b`).test(line)) heredocs.shift();
  return true;
}

function readLine(lexer: Lexer, line: string): void {
  let at = 0;
  while (at < line.length) {
    const mode = lexer.modes.at(-1);
    if (mode === undefined) return;
    if (mode.kind === 'code') at = readCode(lexer, mode, line, at);
    else if (mode.kind === 'string') at = readString(lexer, mode, line, at);
    else at = readBlock(lexer, mode, line, at);
  }
  const mode = lexer.modes.at(-1);
  // A one-line string ends with its line, unless a backslash continues it.
  if (mode?.kind === 'string' && mode.literal.lines === 'one' && !line.endsWith('\\')) lexer.modes.pop();
}

function readCode(lexer: Lexer, mode: Extract<Mode, { kind: 'code' }>, line: string, at: number): number {
  const { syntax, modes } = lexer;
  const block = syntax.blockComments.find(
    ({ open, atLineStart }) => line.startsWith(open, at) && (!atLineStart || at === 0),
  );
  if (block !== undefined) {
    modes.push({ kind: 'block', close: block.close, open: block.open, nested: block.nested, level: 1 });
    return at + block.open.length;
  }
  if (
    syntax.lineComments.some((start) => line.startsWith(start, at)) &&
    !(syntax === SYNTAX.php && line.startsWith('#[', at))
  ) {
    lexer.comment += line.slice(at);
    return line.length;
  }
  const whole = wholeLiteral(lexer, line, at);
  if (whole > 0) {
    emit(lexer, '""', line.slice(at, at + whole));
    return at + whole;
  }
  const literal = syntax.literals.find(({ open }) => line.startsWith(open, at));
  if (literal !== undefined) {
    const { prefix } = literal.code ?? {};
    modes.push({
      kind: 'string',
      literal,
      interpolates: literal.code !== undefined && (prefix === undefined || prefix.test(line.slice(0, at))),
    });
    emit(lexer, literal.open, literal.open);
    return at + literal.open.length;
  }
  const character = line[at] ?? '';
  if (mode.within && character === '}' && mode.braces === 0) modes.pop();
  else if (character === '{') mode.braces += 1;
  else if (character === '}') mode.braces -= 1;
  emit(lexer, character, character);
  return at + 1;
}

/**
 * Length of a literal that ends on its line and needs no state: regular expressions, characters, raw strings,
 * beginnings of texts.
 */
function wholeLiteral({ syntax, heredocs, code }: Lexer, line: string, at: number): number {
  const rest = line.slice(at, at + 1_200);
  if (syntax.slashes && rest[0] === '/') {
    const last = code.trimEnd();
    const mayBegin =
      last === '' ||
      /[(,=:[!&|?{};~<>+*%^-]$|\b(?:return|typeof|case|in|of|if|unless|and|or|not|when|while|match)$/.test(last);
    return mayBegin ? (/^\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+\/[a-z]*/.exec(rest)?.[0].length ?? 0) : 0;
  }
  if (syntax.lifetimes && rest[0] === "'")
    return /^'(?:\\(?:u\{[0-9a-fA-F_]{1,8}\}|x[0-9a-fA-F]{2}|.)|[^\\'])'/u.exec(rest)?.[0].length ?? 0;
  if (syntax.raw === 'hashes' && /^b?r#*"/.test(rest) && !/\w$/.test(code)) {
    const hashes = /^b?r(#*)"/.exec(rest)?.[1] ?? '';
    const end = rest.indexOf(`"${hashes}`, rest.indexOf('"') + 1);
    return end < 0 ? 0 : end + 1 + hashes.length;
  }
  if (syntax.raw === 'heredoc') {
    const heredoc = /^<<(?:<\s*|[~-])(['"`]?)([A-Za-z_]\w*)\1/.exec(rest);
    if (heredoc?.[2] !== undefined) heredocs.push({ word: heredoc[2] });
    return heredoc?.[0].length ?? 0;
  }
  return 0;
}

function readString(lexer: Lexer, mode: Extract<Mode, { kind: 'string' }>, line: string, at: number): number {
  const { literal, interpolates } = mode;
  const opening = literal.code?.open;
  if (literal.escapes && line[at] === '\\') return keep(lexer, line, at, 2);
  if (line.startsWith(literal.close, at)) {
    lexer.modes.pop();
    emit(lexer, literal.close, literal.close);
    return at + literal.close.length;
  }
  if (interpolates && opening === '{' && line.startsWith('{{', at)) return keep(lexer, line, at, 2);
  if (interpolates && opening !== undefined && line.startsWith(opening, at)) {
    const taken = opening === '{$' ? 1 : opening.length;
    lexer.modes.push({ kind: 'code', braces: 0, within: true });
    emit(lexer, '{', opening.slice(0, taken));
    return at + taken;
  }
  return keep(lexer, line, at, 1);
}

function keep(lexer: Lexer, line: string, at: number, length: number): number {
  lexer.text += line.slice(at, at + length);
  return at + length;
}

function readBlock(lexer: Lexer, mode: Extract<Mode, { kind: 'block' }>, line: string, at: number): number {
  if (line.startsWith(mode.close, at)) {
    mode.level -= 1;
    if (mode.level === 0) lexer.modes.pop();
    return at + mode.close.length;
  }
  if (mode.nested && line.startsWith(mode.open, at)) mode.level += 1;
  lexer.comment += line[at] ?? '';
  return at + 1;
}

function emit(lexer: Lexer, code: string, text: string): void {
  lexer.code += code;
  lexer.text += text;
}

const OPENERS =
  /(?:^|=\s*)\s*(?:if|unless|case|while|until|begin|def|class|module|for)\b|\bdo\b(?=\s*(?:\|[^|]*\|)?\s*$)/;
const SINGLE_LINE = /^\s*def\s+\S+(?:\([^)]*\))?\s*=\s|\b(?:then|;)\b.*\bend\b|\bend\b\s*$/;

function depthsOf(parts: readonly { code: string }[], kind: Syntax['depth']): number[] {
  if (kind === 'indent')
    return parts.map(({ code }) => /^\s*/.exec(code.replaceAll('\t', '        '))?.[0].length ?? 0);
  let open = 0;
  const depths = parts.map(({ code }) => {
    const depth = open;
    open += count(code, /[([{]/g) - count(code, /[)\]}]/g);
    if (kind === 'keywords') {
      if (OPENERS.test(code) && !(SINGLE_LINE.test(code) && !/^\s*end\b/.test(code))) open += 1;
      else if (/^\s*end\b/.test(code)) open -= 1;
    }
    return depth;
  });
  return [...depths, open];
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
