import { problemOfPattern } from './pattern-safety.ts';

/** A compiled regular expression of any engine; V8's `RegExp` is one. */
export interface TextPattern {
  test(text: string): boolean;
  /** The first match with its named groups, or null. */
  exec(text: string): { readonly groups?: Readonly<Record<string, string | undefined>> | undefined } | null;
}

/** An engine whose time grows only with the text's length. Throws an Error that says what it cannot compile. */
export type LinearEngine = (source: string, options: { readonly ignoreCase: boolean }) => TextPattern;

/**
 * Compiles a pattern so that no text makes it slow; `^` and `$` match at line ends. With an engine it runs on that,
 * because a backtracking engine needs quadratic time even for `a*b`. Without one (for shipped, measured patterns) its
 * form is checked and V8 runs it. Returns a string with the reason when it is refused.
 */
export function compilePattern(source: string, ignoreCase: boolean, engine?: LinearEngine): TextPattern | string {
  try {
    if (engine !== undefined) return engine(source, { ignoreCase });
    return problemOfPattern(source) ?? new RegExp(source, ignoreCase ? 'im' : 'm');
  } catch (error) {
    return error instanceof Error ? error.message : 'invalid';
  }
}
