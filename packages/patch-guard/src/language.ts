/** Languages whose tests and forbidden patterns are known; files in others are not changed. */
export type Language = 'javascript' | 'python' | 'java' | 'kotlin' | 'go' | 'rust' | 'ruby' | 'csharp' | 'php';

const ENDINGS: Readonly<Record<string, Language>> = {
  ...Object.fromEntries(
    ['js', 'jsx', 'mjs', 'cjs', 'ts', 'tsx', 'mts', 'cts'].map((ending) => [ending, 'javascript' as const]),
  ),
  py: 'python',
  java: 'java',
  kt: 'kotlin',
  go: 'go',
  rs: 'rust',
  rb: 'ruby',
  cs: 'csharp',
  php: 'php',
};

/** By the extension, which must be in lower case: some tools do not recognise `.JS`. */
export function languageOf(path: string): Language | null {
  const ending = /\.([a-z]+)$/.exec(path)?.[1] ?? '';
  return Object.hasOwn(ENDINGS, ending) ? (ENDINGS[ending] ?? null) : null;
}

const TEST_FILES: Readonly<Record<Language, RegExp>> = {
  javascript:
    /(?:^|\/)(?:__tests__\/.*|(?:tests?|specs?|e2e|cypress)\/.*|[^/]*[._-](?:test|tests|spec|e2e|cy)\.[cm]?[jt]sx?)$/i,
  python: /(?:^|\/)(?:tests?\/.*|test_[^/]*|[^/]*_tests?|tests?)\.py$/i,
  java: /(?:^|\/)(?:tests?\/.*|[^/]*(?:Tests?|IT|TestCase|Spec)\.java|Test[A-Z][^/]*\.java)$/,
  kotlin: /(?:^|\/)(?:(?:\w*[tT]est)\/.*|[^/]*(?:Tests?|IT|TestCase|Spec)\.kt|Test[A-Z][^/]*\.kt)$/,
  go: /_test\.go$/,
  rust: /(?:^|\/)(?:tests\/.*|benches\/.*|tests?|[^/]*_tests?|test_[^/]*)\.rs$|(?:^|\/)(?:tests|benches)\//,
  ruby: /(?:^|\/)(?:(?:tests?|specs?|features)\/.*|[^/]*_(?:test|spec)|test_[^/]*)(?:\.rb)?$/i,
  csharp:
    /(?:^|\/)(?:(?:[^/]*\.)?(?:Unit|Integration|E2E|Functional|Acceptance)?Tests?\/.*|[^/]*(?:Tests?|Specs?|Should)\.cs)$/i,
  php: /(?:^|\/)(?:(?:tests?|specs?)\/.*|[^/]*(?:Test|Cest|Spec))(?:\.php)?$/i,
};

/** Whether a file is a test, by the conventions of its language's runners. */
export function isTestPath(path: string, language: Language): boolean {
  return TEST_FILES[language].test(path);
}
