import { present } from '@selfheal/kernel/present.ts';
import type { Language } from './language.ts';

/** How a string literal begins and ends. */
export interface Literal {
  readonly open: string;
  readonly close: string;
  /** Whether a backslash escapes the next character. */
  readonly escapes: boolean;
  readonly lines: 'one' | 'many';
  /** Opening of embedded code, closed by `}`; only after the given prefix, if any. */
  readonly code?: { readonly open: string; readonly prefix?: RegExp };
}

/** Lexical rules of a language. */
export interface Syntax {
  readonly lineComments: readonly string[];
  readonly blockComments: readonly { open: string; close: string; nested: boolean; atLineStart?: boolean }[];
  /** Longer openings first. */
  readonly literals: readonly Literal[];
  /** Slashes may begin a regular expression. */
  readonly slashes: boolean;
  /** `'a'` is a character and `'a` a lifetime. */
  readonly lifetimes: boolean;
  /** Raw strings with any number of hashes, or texts until a word. */
  readonly raw: 'hashes' | 'heredoc' | null;
  readonly depth: 'brackets' | 'indent' | 'keywords';
  /** The line after which nothing is parsed. */
  readonly end?: RegExp;
}

const literal = (open: string, lines: Literal['lines'] = 'one', code?: Literal['code']): Literal => ({
  open,
  close: open,
  escapes: true,
  lines,
  ...present({ code }),
});
const raw = (open: string, close: string): Literal => ({ open, close, escapes: false, lines: 'many' });
const C_BLOCK = { open: '/*', close: '*/', nested: false };
const C_LIKE = {
  lineComments: ['//'],
  blockComments: [C_BLOCK],
  slashes: false,
  lifetimes: false,
  raw: null,
  depth: 'brackets',
} as const;
const F_STRING = { open: '{', prefix: /(?:^|[^\w])[rR]?[fFtT][rR]?$/ };

export const SYNTAX: Readonly<Record<Language, Syntax>> = {
  javascript: {
    ...C_LIKE,
    slashes: true,
    literals: [literal('`', 'many', { open: '${' }), literal('"'), literal("'")],
  },
  java: { ...C_LIKE, literals: [literal('"""', 'many'), literal('"'), literal("'")] },
  kotlin: {
    ...C_LIKE,
    blockComments: [{ ...C_BLOCK, nested: true }],
    literals: [{ ...raw('"""', '"""'), code: { open: '${' } }, literal('"', 'one', { open: '${' }), literal("'")],
  },
  go: { ...C_LIKE, literals: [raw('`', '`'), literal('"'), literal("'")] },
  rust: {
    ...C_LIKE,
    blockComments: [{ ...C_BLOCK, nested: true }],
    literals: [literal('"', 'many')],
    lifetimes: true,
    raw: 'hashes',
  },
  csharp: {
    ...C_LIKE,
    literals: [
      raw('"""', '"""'),
      { ...raw('@$"', '"'), code: { open: '{' } },
      { ...raw('$@"', '"'), code: { open: '{' } },
      raw('@"', '"'),
      literal('"', 'one', { open: '{', prefix: /\$$/ }),
      literal("'"),
    ],
  },
  php: {
    ...C_LIKE,
    lineComments: ['//', '#'],
    literals: [literal('"', 'many', { open: '{$' }), literal("'", 'many'), literal('`', 'many')],
    raw: 'heredoc',
    end: /^\s*__halt_compiler\s*\(/i,
  },
  python: {
    lineComments: ['#'],
    blockComments: [],
    literals: [
      literal('"""', 'many', F_STRING),
      literal("'''", 'many', F_STRING),
      literal('"', 'one', F_STRING),
      literal("'", 'one', F_STRING),
    ],
    slashes: false,
    lifetimes: false,
    raw: null,
    depth: 'indent',
  },
  ruby: {
    lineComments: ['#'],
    blockComments: [{ open: '=begin', close: '=end', nested: false, atLineStart: true }],
    literals: [literal('"', 'many', { open: '#{' }), literal("'", 'many'), literal('`', 'many', { open: '#{' })],
    slashes: true,
    lifetimes: false,
    raw: 'heredoc',
    depth: 'keywords',
    end: /^__END__$/,
  },
};
