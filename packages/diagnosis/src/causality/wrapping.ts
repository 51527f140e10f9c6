/** How languages express that one error caused another. */
const INNER: readonly (readonly [RegExp, string])[] = [
  [/^\s{0,12}Caused by: (?<inner>\S.{0,300})/, 'the innermost "Caused by"'],
  [/^\s{0,12}---> (?:\(Inner Exception #\d+\) )?(?<inner>\S.{0,300}?)(?:<---)?$/, 'the innermost inner exception'],
  [/^\s{0,12}\[cause\]: (?<inner>\S.{0,300})/, 'the innermost cause of the error'],
];
const LIST_ITEM: readonly [RegExp, string] = [
  /^\s{2,8}(?:\d{1,2}: )?(?<inner>\S.{0,300})/,
  'the last cause that it lists',
];
/** Numbered lines are causes only after this heading; elsewhere they are frames of a backtrace. */
const LISTED = /^\s{0,8}Caused by:\s*$/;
const PYTHON_HANDLING = /^During handling of the above exception, another exception occurred/;
const PYTHON_DIRECT = /^The above exception was the direct cause of the following exception/;

/** The innermost error of an event, which the others wrap, and how that is known; null when it wraps none. */
export function innermostOf(event: {
  readonly block: readonly { readonly ref: string; readonly text: string }[];
}): { ref: string; text: string; how: string } | null {
  let found: { ref: string; text: string; how: string } | null = null;
  let isList = false;
  for (const { ref, text } of event.block.slice(1)) {
    isList ||= LISTED.test(text);
    for (const [pattern, how] of isList ? [...INNER, LIST_ITEM] : INNER) {
      const inner = pattern.exec(text)?.groups?.inner;
      if (inner !== undefined) found = { ref, text: inner.trim(), how };
    }
  }
  return found;
}

/** Whether the text is a sentence with which Python joins two tracebacks: the one above it came first. */
export function joinsTracebacks(text: string): boolean {
  return PYTHON_HANDLING.test(text) || PYTHON_DIRECT.test(text);
}
