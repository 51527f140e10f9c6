import { problemOfPattern } from './pattern-safety.ts';

/** A regular expression that was compiled, by whatever engine; V8's `RegExp` is one. */
export interface TextPattern {
  test(text: string): boolean;
  /** The first match with its named groups, or null. */
  exec(text: string): { readonly groups?: Readonly<Record<string, string | undefined>> | undefined } | null;
}

/** An engine whose time grows with the text's length alone. Throws an Error that says what it cannot compile. */
export type LinearEngine = (source: string, options: { readonly ignoreCase: boolean }) => TextPattern;

/**
 * Compiles a pattern so that no text makes it slow; `^` and `$` are the ends of lines. With an engine it runs on that: a backtracking one
 * needs quadratic time for as little as `a*b`. Without one, for the patterns that ship and are measured, its form is checked and V8 runs it.
 * A string is the reason why it is refused.
 */
export function compilePattern(source: string, ignoreCase: boolean, engine?: LinearEngine): TextPattern | string {
  try {
    if (engine !== undefined) return engine(source, { ignoreCase });
    return problemOfPattern(source) ?? new RegExp(source, ignoreCase ? 'im' : 'm');
  } catch (error) {
    return error instanceof Error ? error.message : 'invalid';
  }
}
