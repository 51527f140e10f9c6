/**
 * How the tests of a changed file are found. `graph`: by imports and named paths. `package`: Go, where the files of a folder are compiled together.
 * `rules`: by folder and name alone.
 */
export type SourceLanguage = 'javascript' | 'python' | 'go' | 'other';

const SOURCES: readonly [language: SourceLanguage, extensions: RegExp][] = [
  ['javascript', /\.(?:[cm]?[jt]s|[jt]sx|vue|svelte)$/],
  ['python', /\.pyi?$/],
  ['go', /\.go$/],
  ['other', /\.(?:java|kts?|scala|groovy|rb|cs|fs|php|rs|dart|swift|c|cc|cpp|h|hpp|m|ex|exs|clj|lua|pl|r|jl)$/i],
];

/** Null for a file that is no source code. */
export const languageOf = (path: string): SourceLanguage | null =>
  SOURCES.find(([, extensions]) => extensions.test(path))?.[0] ?? null;

const TESTS =
  /(?:^|\/)__tests__\/[^_][^/]*\.[cm]?[jt]sx?$|(?:^|\/)(?:test|spec)\.[cm]?[jt]sx?$|\.(?:test|spec)(?:-d)?\.[cm]?[jt]sx?$|-test\.[cm]?jsx?$|_test\.[cm]?[jt]sx?$|(?:^|\/)(?:test_[^/]*|tests)\.py$|_test\.(?:py|go|dart|exs|rb)$|_spec\.rb$|(?:^|\/)tests\/[^/]+\.rs$|(?:Tests?|IT|Spec)\.(?:java|kts?|scala|groovy|cs|php|swift)$/;

/** Whether a path is named like a file of tests. */
export const isTestFile = (path: string): boolean => TESTS.test(path);

const DATA =
  /\.(?:json[5cl]?|ndjson|ya?ml|toml|ini|cfg|conf|properties|env|csv|tsv|txt|xml|html?|svg|sql|graphql|gql|proto|snap|golden|expected|tmpl|ejs|hbs|mustache|jinja2?|css|scss|sass|less|tape|http|pem|crt|key|gz|zip|tar|bin|dat|parquet|wasm|log|out|in|sh|bash|diff|patch)$/i;
const DOCUMENTATION =
  /\.(?:md|mdx|rst|adoc|png|jpe?g|gif|webp|ico|pdf|drawio)$|(?:^|\/)(?:LICEN[CS]E|AUTHORS|CODEOWNERS)$/i;

type FileKind = 'source' | 'data' | 'documentation' | 'unknown';

export function fileKindOf(path: string): FileKind {
  if (languageOf(path) !== null) return 'source';
  if (DATA.test(path)) return 'data';
  return DOCUMENTATION.test(path) ? 'documentation' : 'unknown';
}

/** Files that decide how everything is built or run: a change of one may break any test. */
const CRITICAL: readonly RegExp[] = [
  /^\.github\/|^\.gitlab-ci|^\.circleci\/|^\.ci\/|^azure-pipelines|^Jenkinsfile|^bitbucket-pipelines/,
  /(?:^|\/)(?:package\.json|npm-shrinkwrap\.json|[^/]*[.-]lock(?:\.json|\.ya?ml)?|[^/]*\.lockb?|pnpm-workspace\.yaml|go\.(?:mod|sum|work))$/,
  /(?:^|\/)(?:[^/]*requirements[^/]*\.(?:txt|in)|requirements\/[^/]+\.(?:txt|in)|pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|pytest\.ini|noxfile\.py|Pipfile|environment\.ya?ml)$/,
  /(?:^|\/)(?:pom\.xml|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|gradle\.properties|build\.sbt|Cargo\.toml|Gemfile|composer\.json|[^/]*\.(?:csproj|sln|props|targets)|Package\.swift|pubspec\.yaml|mix\.exs|CMakeLists\.txt|Makefile|WORKSPACE|BUILD(?:\.bazel)?)$/,
  /(?:^|\/)(?:[jt]sconfig[^/]*\.json|[^/]*\.config\.[cm]?[jt]s|[^/]*\.config\.json|\.[a-z][^/]*rc(?:\.[a-z]+)?|\.(?:npmrc|nvmrc|tool-versions|python-version|node-version|gitmodules|gitattributes|env[^/]*|dockerignore))$/,
  /(?:^|\/)(?:Dockerfile[^/]*|[^/]*\.Dockerfile|(?:docker-)?compose[^/]*\.ya?ml)$/,
  /(?:^|\/)__mocks__\//,
];
const TEST_CONFIGURATION =
  /(?:^|\/)(?:(?:vitest|vite|jest|playwright|karma|ava|cypress)[^/]*\.config\.[^/]+|\.mocharc[^/]*|jest\.[^/]*\.js)$/;

/** Whether a change of the file calls for the full suite. `more`: patterns of the project, with `*` and `**`. */
export const isCritical = (path: string, more: readonly RegExp[]): boolean =>
  CRITICAL.some((pattern) => pattern.test(path)) || more.some((pattern) => pattern.test(path));

/** Whether the file configures a test runner: files that it names run before every test. */
export const isTestConfiguration = (path: string): boolean => TEST_CONFIGURATION.test(path);

/** The pattern of a path with `*` (within a folder) and `**`; a folder with its slash means all below it. */
export function pathPattern(glob: string): RegExp {
  const whole = glob.endsWith('/') ? `${glob}**` : glob;
  const body = whole.replace(/\*\*\/?|\*|\?|[.+^${}()|[\]\\]/g, (part) =>
    part === '**/' ? '(?:.*/)?' : part === '**' ? '.*' : part === '*' ? '[^/]*' : part === '?' ? '[^/]' : `\\${part}`,
  );
  return new RegExp(`^${body}$`);
}

/** A file's name without what marks it as a test or gives its kind: `foo_test.go`, `FooTest.java` and `test_foo.py` become `foo`. */
export const stemOf = (path: string): string =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\..*$/, '')
    .replace(/^test_|_(?:test|spec)$|(?:Tests?|IT|Spec)$/, '')
    .toLowerCase();

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
