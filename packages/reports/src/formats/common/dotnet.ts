/** Characters that are looked at: the first frames. */
const MAX_STACK = 8_000;

/** File and line of the first frame of a .NET stack trace (`in C:\src\Cart.cs:line 12`); nulls when there is none. */
export function frameOf(stack: string): { file: string | null; line: number | null } {
  const [, file, line] = /\bin (.{1,500}?):line (\d{1,8})\b/.exec(stack.slice(0, MAX_STACK)) ?? [];
  return { file: file ?? null, line: line === undefined ? null : Number(line) };
}

/** Class and method of a full test name (`Shop.CartTests.Adds(count: 1.5)`): dots in arguments and type parameters do not count. */
export function splitName(full: string): { suite: string; name: string } {
  const argument = full.search(/[("<]/);
  const dot = (argument < 0 ? full : full.slice(0, argument)).lastIndexOf('.');
  return dot <= 0 ? { suite: '', name: full } : { suite: full.slice(0, dot), name: full.slice(dot + 1) };
}
