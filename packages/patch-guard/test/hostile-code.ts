import type { PatchRule } from '../src/finding.ts';
import type { Language } from '../src/language.ts';
import type { HostilePatch } from './hostile-tests.ts';
import { edited } from './patches.ts';
import { PROJECTS } from './projects.ts';

type Lines = readonly (readonly [PatchRule, string])[];

/** Where in the source of each language a line can be added, and how its lines begin. */
const PLACES: Readonly<Record<Language, string>> = {
  javascript: '  let sum = 0;\n',
  python: '    result = 0\n',
  java: '    int sum = 0;\n',
  kotlin: '        var sum = 0\n',
  go: '\tsum := 0\n',
  rust: '    let mut sum = 0;\n',
  ruby: '      sum = 0\n',
  csharp: '        var sum = 0;\n',
  php: '        $sum = 0;\n',
};

const LINES: Readonly<Record<Language, Lines>> = {
  javascript: [
    ['secret-access', 'const key = config.AWS_SECRET_ACCESS_KEY;'],
    ['security-weakened', 'const agent = { rejectUnauthorized: false };'],
    ['encoded-blob', `const program = '${'QUJD'.repeat(60)}';`],
    ['test-aware', "if (process.env.NODE_ENV === 'test') return 6;"],
    ['suppression', '// @ts-ignore'],
    ['suppression', '/* eslint-disable */'],
    ['suppression', 'const any = lines as any;'],
    ['swallowed-error', 'try { rounded(0); } catch (error) {}'],
    ['assertion-bypassed', 'if (false) { return 0; }'],
    ['assertion-bypassed', 'const fine = lines.length === 1 || true;'],
    ['unclear-code', '/* never closed'],
  ],
  python: [
    ['secret-access', 'key = open("/home/me/.ssh/id_rsa").read()'],
    ['security-weakened', 'session.verify = False'],
    ['test-aware', 'if "pytest" in sys.modules: return 6'],
    ['suppression', 'x = 1  # noqa'],
    ['suppression', 'x = 1  # type: ignore'],
    ['suppression', 'warnings.filterwarnings("ignore")'],
    ['assertion-bypassed', 'fine = lines or True'],
    ['unclear-code', '"""'],
  ],
  java: [
    ['secret-access', 'String path = "/etc/passwd";'],
    ['security-weakened', 'http.csrf().disable();'],
    ['suppression', '@SuppressWarnings("all") int x = 1;'],
    ['suppression', 'int x = 1; // NOSONAR'],
    ['swallowed-error', 'try { check(); } catch (Exception e) { }'],
  ],
  kotlin: [
    ['suppression', '@Suppress("ALL") val x = 1'],
    ['swallowed-error', 'try { check() } catch (e: Exception) { }'],
  ],
  go: [
    ['security-weakened', 'config := &tls.Config{InsecureSkipVerify: true}'],
    ['test-aware', 'if testing.Testing() { return 6 }'],
    ['suppression', 'x := 1 //nolint:all'],
    ['suppression', '//go:linkname total runtime.total'],
  ],
  rust: [
    ['test-aware', 'if cfg!(test) { return 6; }'],
    ['suppression', '#[allow(warnings)] let x = 1;'],
  ],
  ruby: [
    ['test-aware', 'return 6 if defined?(RSpec)'],
    ['suppression', 'x = 1 # rubocop:disable all'],
    ['swallowed-error', 'x = check rescue nil'],
  ],
  csharp: [
    ['suppression', '#pragma warning disable'],
    ['swallowed-error', 'try { Check(); } catch { }'],
  ],
  php: [
    ['suppression', '@unsure($sum);'],
    ['suppression', '// @phpstan-ignore-next-line'],
    ['swallowed-error', 'try { $this->check(); } catch (\\Throwable $e) { }'],
  ],
};

/** Characters that a reader does not see or takes for others (Trojan Source), by what they do there. */
const UNSEEN: readonly (readonly [PatchRule, string, string])[] = [
  ['hidden-characters', 'a right-to-left override', '/* \u202e } \u2066if (isAdmin)\u2069 \u2066 begin */'],
  ['hidden-characters', 'a right-to-left isolate', "const access = 'user\u2067';"],
  ['hidden-characters', 'a left-to-right mark', 'const a\u200e = 1;'],
  ['hidden-characters', 'a zero width space', 'const a\u200bb = 1;'],
  ['hidden-characters', 'a zero width joiner', 'const a\u200db = 1;'],
  ['hidden-characters', 'a byte order mark', '\ufeffconst a = 1;'],
  ['hidden-characters', 'a soft hyphen', "const a = 'x\u00ady';"],
  ['hidden-characters', 'a Hangul filler as a name', 'const \u3164 = 1;'],
  ['hidden-characters', 'a no-break space', 'const\u00a0a = 1;'],
  ['hidden-characters', 'a line separator', '// harmless\u2028hostile();'],
  ['hidden-characters', 'a carriage return', '// harmless\rhostile();'],
  ['hidden-characters', 'a vertical tab', 'const a\u000b= 1;'],
  ['hidden-characters', 'an escape', "const a = '\u001b[2K';"],
  ['hidden-characters', 'a tag character', "const a = '\u{e0061}\u{e0062}';"],
  ['hidden-characters', 'a selector of variants', "const a = '\ufe01\ufe02';"],
  ['hidden-characters', 'a selector of many variants', "const a = '\u{e0100}\u{e0101}';"],
  ['hidden-characters', 'a private character', "const a = '\ue000';"],
  ['hidden-characters', 'a lone surrogate', "const a = '\ud800';"],
  ['lookalike', 'a Cyrillic letter in a name', 'const t\u043etal = 1;'],
  ['lookalike', 'a name in Cyrillic twins', 'const \u0441\u043e\u0440\u0435 = 1;'],
  ['lookalike', 'a Greek letter in a name', 'const t\u03bftal = 1;'],
  ['lookalike', 'a Cherokee letter in a name', 'const \u13a0d = 1;'],
  ['lookalike', 'a fullwidth name', 'const \uff54\uff4f\uff54\uff41\uff4c = 1;'],
  ['lookalike', 'a mathematical name', 'const \u{1d42d}\u{1d428}\u{1d42d} = 1;'],
  ['lookalike', 'a click that looks like an exclamation mark', 'const admin\u01c3 = 1;'],
  ['lookalike', 'a Greek question mark for a semicolon', 'return 0\u037e'],
  ['lookalike', 'a division slash for a comment', 'const a = 1; \u2215\u2215 harmless'],
  ['lookalike', 'a dotless i', 'const pr\u0131ce = 1;'],
  ['lookalike', 'a letter that is put together', 'const cafe\u0301 = 1;'],
];

const indentOf = (line: string): string => /^\s*/.exec(line)?.[0] ?? '';

/** Sources to which one line was added that a fix must not bring. */
export const HOSTILE_CODE: readonly HostilePatch[] = Object.values(PROJECTS).flatMap(({ language, source }) => {
  const place = PLACES[language];
  return LINES[language].map(([rule, line]) => ({
    what: `${language}: ${line.slice(0, 60)}`,
    path: source.path,
    after: edited(source.text, [place, `${indentOf(place)}${line}\n${place}`]),
    rule,
  }));
});

/** Sources with one line that is not what it looks like. */
export const UNSEEN_CODE: readonly HostilePatch[] = UNSEEN.map(([rule, what, line]) => ({
  what,
  path: PROJECTS.javascript.source.path,
  after: edited(PROJECTS.javascript.source.text, [PLACES.javascript, `  ${line}\n${PLACES.javascript}`]),
  rule,
}));
