import { type PatternPart, readPattern } from '@selfheal/log-reading/logs/pattern-syntax.ts';

/** What one way through a pattern matches; a filler stands where several texts are possible. */
interface Filling {
  /** What a character out of many is. */
  readonly many: string | null;
  /** How often an optional part occurs. */
  readonly optional: 0 | 1;
}

const FILLINGS: readonly Filling[] = [null, ' ', 'a', '1', '-'].flatMap((many) =>
  ([0, 1] as const).map((optional) => ({ many, optional })),
);

/** One text for each branch of the part: the first branch elsewhere, and every branch of its own once. */
function texts(part: PatternPart, filling: Filling): string[] {
  switch (part.kind) {
    case 'anchor':
      return [''];
    case 'character':
      return [part.samples.find((one) => one === filling.many) ?? part.samples[0] ?? ''];
    case 'sequence': {
      const own = part.parts.map((one) => texts(one, filling));
      const plain = own.map((all) => all[0] ?? '');
      const others = own.flatMap((all, at) => all.slice(1).map((text) => plain.with(at, text).join('')));
      return [plain.join(''), ...others];
    }
    case 'branches':
      return part.branches.flatMap((branch) => texts(branch, filling));
    case 'repeat': {
      const inside = texts(part.part, filling);
      if (part.least > 0) return inside.map((text) => text + (inside[0] ?? '').repeat(part.least - 1));
      // An optional part is left out, and each of its branches taken.
      return [filling.optional === 0 ? '' : (inside[0] ?? ''), ...(inside.length > 1 ? inside : [])];
    }
    default:
      return part satisfies never;
  }
}

/** For every branch of the pattern the shortest text that takes it and that the pattern matches; null where none was found. */
export function shortestMatches(
  source: string,
  ignoreCase: boolean,
  isMatch: (text: string) => boolean,
): (string | null)[] {
  const pattern = readPattern(source, ignoreCase);
  if (pattern === null) return [null];
  const ways = FILLINGS.map((filling) => texts(pattern, filling));
  return (ways[0] ?? []).map(
    (_, at) => ways.map((all) => all[at] ?? null).find((text) => text !== null && isMatch(text)) ?? null,
  );
}
