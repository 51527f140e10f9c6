import type { LinearEngine } from '#shared/domain/failure/text-pattern.ts';

/**
 * RE2 (Cox, "Regular Expression Matching in the Wild", 2010) in JavaScript: time grows with the length of the text, whatever pattern and
 * text are. It knows no back-references and no look-around, and refuses counted repeats beyond 1000. Only loaded here: the build packs it
 * with a function only where a configuration has patterns for it.
 */
export async function loadRe2Engine(): Promise<LinearEngine> {
  const { RE2JS } = await import('re2js');
  return (source, { ignoreCase }) => {
    const pattern = RE2JS.compile(source, RE2JS.MULTILINE | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0));
    const names = Object.keys(pattern.namedGroups());
    return {
      test: (text) => pattern.test(text),
      exec(text) {
        const matcher = pattern.matcher(text);
        if (!matcher.find()) return null;
        return { groups: Object.fromEntries(names.map((name) => [name, matcher.group(name) ?? undefined])) };
      },
    };
  };
}
