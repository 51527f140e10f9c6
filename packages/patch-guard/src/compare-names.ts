import type { CodeLine } from './code-view.ts';

const WORD = /[\p{L}_][\p{L}\p{N}_]*/gu;
/** Text up to the assignment: not a comparison, an arrow or the default of a parameter. */
const ASSIGNMENT = /^(.*?)(?<![=!<>~?:])(?::=|(?:\+|-|\*|\/|\||&|\^|%|\?\?|\|\|)?=(?![=>~]))/;
const DEFINITION =
  /^\s*(?:(?:export|public|private|protected|static|async|pub|open|override|final|default|internal|suspend)\s+)*(?:function\*?|def|class|fun|func|fn|struct|object|interface|module|trait|enum|type)\s+(?:\([^)]*\)\s*)?(?:self\.)?([\p{L}_$][\p{L}\p{N}_]*)/u;
const BOUND = /\b(?:as|for)\s+\(?\$?([\p{L}_][\p{L}\p{N}_]*)(?=\)?\s*(?:[:,)]|$|in\b|of\b))/gu;

/** The names that a line assigns, declares, defines or iterates over. Members count by their own name. */
export function namesGivenBy({ code }: CodeLine): string[] {
  const definition = DEFINITION.exec(code)?.[1];
  const bound = [...code.matchAll(BOUND)].flatMap(([, name]) => name ?? []);
  const statements = [code, ...code.split(/[;{}]/)];
  return [...(definition === undefined ? [] : [definition]), ...bound, ...statements.flatMap(assignedBy)];
}

function assignedBy(code: string): string[] {
  const left = ASSIGNMENT.exec(code)?.[1];
  if (left === undefined || isInCall(left)) return [];
  return left
    .replace(/[{}[\]()]/g, ',')
    .split(',')
    .flatMap((piece) => {
      const [first = '', renamed] = piece.split(/:(?!:)/);
      const words = (/[{]/.test(left) && renamed !== undefined ? renamed : first).match(WORD);
      return words?.at(-1) ?? [];
    });
}

/** Inside an open bracket it is an argument. */
function isInCall(left: string): boolean {
  return (left.match(/\(/g)?.length ?? 0) > (left.match(/\)/g)?.length ?? 0);
}

/** All words of a line that could be names. */
export function wordsOf({ code }: CodeLine): string[] {
  return code.match(WORD) ?? [];
}
