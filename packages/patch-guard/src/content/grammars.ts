import type { Language } from '../language.ts';
import type { ContentProfile } from './profile.ts';
import { CSHARP } from './profiles/csharp.ts';
import { GO } from './profiles/go.ts';
import { JAVA } from './profiles/java.ts';
import { JAVASCRIPT } from './profiles/javascript.ts';
import { PHP } from './profiles/php.ts';
import { PYTHON } from './profiles/python.ts';
import { RUBY } from './profiles/ruby.ts';
import { RUST } from './profiles/rust.ts';

/** Grammars and their files. */
export const GRAMMARS = {
  javascript: 'tree-sitter-javascript.wasm',
  typescript: 'tree-sitter-typescript.wasm',
  tsx: 'tree-sitter-tsx.wasm',
  python: 'tree-sitter-python.wasm',
  go: 'tree-sitter-go.wasm',
  java: 'tree-sitter-java.wasm',
  ruby: 'tree-sitter-ruby.wasm',
  rust: 'tree-sitter-rust.wasm',
  csharp: 'tree-sitter-c-sharp.wasm',
  php: 'tree-sitter-php.wasm',
} as const;
export type Grammar = keyof typeof GRAMMARS;

/** Languages without an entry have no parser: every change of their files needs an approval. */
const PROFILES: Partial<Readonly<Record<Language, ContentProfile>>> = {
  javascript: JAVASCRIPT,
  python: PYTHON,
  go: GO,
  java: JAVA,
  ruby: RUBY,
  rust: RUST,
  csharp: CSHARP,
  php: PHP,
};

/** How a file of a language is parsed and judged, or null. */
export function grammarOf(path: string, language: Language): { grammar: Grammar; profile: ContentProfile } | null {
  const profile = PROFILES[language];
  if (profile === undefined || language === 'kotlin') return null;
  if (language !== 'javascript') return { grammar: language, profile };
  const ending = /\.([a-z]+)$/.exec(path)?.[1] ?? '';
  const grammar = ending === 'tsx' ? 'tsx' : /^[mc]?ts$/.test(ending) ? 'typescript' : 'javascript';
  return { grammar, profile };
}
