import type { LinearEngine } from '#shared/domain/logs/text-pattern.ts';

/** Steps of a compiled pattern: each character of a text costs at most so many. A counted repeat is as many steps as it counts. */
const MOST_STEPS = 800;

/**
 * RE2 (Cox, "Regular Expression Matching in the Wild", 2010) in JavaScript: time grows with the length of the text, whatever pattern and
 * text are. It knows no back-references and no look-around; counted repeats beyond 1000 are refused, and patterns of so many steps that one
 * line could take long. Only loaded here: the build packs it with a function only where a configuration has patterns for it.
 */
export async function loadRe2Engine(): Promise<LinearEngine> {
  const { RE2JS } = await import('re2js');
  return (source, { ignoreCase }) => {
    const pattern = RE2JS.compile(source, RE2JS.MULTILINE | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0));
    const steps = pattern.programSize();
    if (steps > MOST_STEPS)
      throw new Error(`it takes ${steps} steps, at most ${MOST_STEPS} may be: write * or + for long counted repeats`);
    const names = Object.keys(pattern.namedGroups());
    return {
      test: (text) => pattern.test(text),
      exec(text) {
        // Whether there is a match costs a fraction of where it is and what it captures.
        if (!pattern.test(text)) return null;
        const matcher = pattern.matcher(text);
        if (!matcher.find()) return null;
        return { groups: Object.fromEntries(names.map((name) => [name, matcher.group(name) ?? undefined])) };
      },
    };
  };
}
