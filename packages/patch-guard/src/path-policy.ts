import { type Finding, refusal } from './finding.ts';
import { isTestPath, type Language, languageOf } from './language.ts';

export type PathRole = { kind: 'source' | 'test'; language: Language } | { kind: 'refused'; finding: Finding };

/**
 * Directories, at any depth, in which nothing is changed: not written by hand, or run by pipelines, hooks and
 * deployments.
 */
const DIRECTORIES: Readonly<Record<string, string>> = {
  ...named(
    'contains vendored code',
    'node_modules bower_components vendor vendors third_party third-party thirdparty external externals submodules site-packages dist-packages venv env virtualenv jspm_packages web_modules pods carthage',
  ),
  ...named(
    'is generated',
    'dist build out target obj generated gen __generated__ autogen codegen coverage htmlcov __pycache__ wwwroot storybook-static',
  ),
  ...named(
    'is run by pipelines, not by the product',
    'ci cicd script scripts tools tooling hack bin sbin build-tools build-support buildsrc build-logic gradle gulp grunt make cmake bazel fastlane circleci jenkins workflows',
  ),
  ...named(
    'describes how things are deployed',
    'deploy deployment deployments infra infrastructure terraform tf ansible puppet chef salt helm k8s kubernetes kustomize cdk pulumi cloudformation docker dockerfiles',
  ),
  ...named('changes stored records', 'migrations migrate alembic flyway liquibase'),
  ...named(
    'could shadow the test runner',
    'pytest _pytest unittest junit xunit testify phpunit rspec minitest jest vitest mocha',
  ),
  ...named('configures tools', 'config configs configuration conf settings'),
  ...named(
    'contains expected values or mocks of tests',
    '__snapshots__ __mocks__ __fixtures__ __image_snapshots__ snapshots snapshot fixtures fixture testdata test-data test_data golden goldens approvals cassettes',
  ),
};
/** Only at the root: deeper down, `hooks` are those of React and `charts` are drawn. */
const ROOT_DIRECTORIES = new Set(
  'hooks git-hooks githooks actions charts manifests tasks pipeline pipelines public etc db deps'.split(' '),
);

/** Source files that configure, build, collect or run. */
const FILES: readonly (readonly [RegExp, string])[] = [
  [/\.(?:config|conf|rc|setup|teardown)\.[cm]?[jt]sx?$/i, 'configures tools'],
  [
    /^(?:jest|vitest|karma|mocha|wdio|playwright|cypress|protractor|nightwatch|webpack|rollup|vite|babel|metro|eslint|prettier|tailwind|postcss|next|nuxt|svelte|astro|snowpack|esbuild|tsup|stencil|commitlint|lint-?staged|release|renovate|gatsby|craco|gulpfile|gruntfile|jakefile|pm2|ecosystem|knexfile|ormconfig)(?:[.-].*)?\.[cm]?[jt]sx?$/i,
    'configures tools',
  ],
  [
    /^(?:global-?setup|global-?teardown|setup-?tests?|tests?-?setup|setup-?files?(?:-?after-?env)?|setup|jest-?setup|vitest-?setup|matchers|test-?runner|run-?tests?|reporter|sequencer|environment|test-?environment)\.[cm]?[jt]sx?$/i,
    'sets up tests for the whole run',
  ],
  [/\.d\.[cm]?ts$/i, 'declares types for the compiler'],
  [
    /^(?:conftest|setup|noxfile|tasks|fabfile|dodo|wscript|sitecustomize|usercustomize|manage|hatch_build|build|install|ez_setup|bootstrap|versioneer|_version|runtests|run_tests|conf|settings|gunicorn(?:\.conf|_conf)?)\.py$/i,
    'configures, builds or sets up tests for the whole run',
  ],
  [
    /^(?:build|mage|magefile|tools|main_test|testmain|setup_test|suite_test|generate|gen)\.go$/i,
    'builds, or sets up tests for the whole run',
  ],
  [/^build\.rs$/i, 'is run by the build'],
  [
    /^(?:_?pytest|unittest|doctest|nose2?|mock|hypothesis|minitest|rspec|vitest|jest)\.(?:py|rb|[cm]?[jt]s)$/i,
    'could shadow the test runner',
  ],
  [
    /^(?:spec|rails|test|system|features?|minitest|acceptance|cucumber)_helper\.rb$|^(?:env|hooks|application|boot|environment|puma|unicorn|deploy|schema|seeds|rakefile|gemfile|guardfile|dangerfile|capfile|vagrantfile|fastfile|podfile|brewfile)\.rb$/i,
    'configures, or sets up tests for the whole run',
  ],
  [
    /^(?:bootstrap|phpunit.*|rector|ecs|pest|testcase|config|autoload|deploy|robofile|castor|monorepo-builder|scoper\.inc|psalm.*|phpstan.*|createsapplication)\.php$/i,
    'configures, or sets up tests for the whole run',
  ],
  [
    /^(?:assemblyinfo|globalusings?|usings|globalsuppressions|moduleinitializers?|testinitialize|assemblyhooks|build|program\.build)\.cs$/i,
    'configures, or sets up tests for the whole run',
  ],
  [
    /^(?:module-info|package-info)\.java$|^(?:junit|testlistener|abstracttestbase)\w*\.(?:java|kt)$/i,
    'configures, or sets up tests for the whole run',
  ],
];
/** At the root they would shadow modules of the language. */
const SHADOWING =
  /^(?:abc|ast|asyncio|builtins|collections|contextlib|copy|dataclasses|datetime|decimal|encodings|enum|functools|importlib|inspect|io|itertools|json|logging|math|operator|os|pathlib|random|re|site|string|struct|subprocess|sys|threading|time|token|tokenize|traceback|types|typing|warnings|weakref)\.py$/;
const GENERATED_NAMES =
  /(?:\.min\.[cm]?js|[._-]bundle\.[cm]?js|[._]generated\.\w+|[._-]gen\.\w+|\.g\.cs|\.g\.i\.cs|\.designer\.cs|\.pb\.go|\.pb\.gw\.go|_pb2(?:_grpc)?\.py|_pb\.[jt]s|_grpc_pb\.[jt]s|_generated\.\w+|^zz_generated.*|_string\.go|^bindata\.go|_mock\.go|^mock_.*\.go|^wire_gen\.go|\.snap\.\w+|\.approved\.\w+|\.verified\.\w+)$/i;
const GENERATED_MARK =
  /code generated by|do not edit|@generated|<auto-?generated|autogenerated|automatically generated|generated by the protocol buffer/i;
/** The mark that generators write at the top. */
const MARKED_LINES = 15;

function named(reason: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, reason]));
}

/**
 * What a fix may change: handwritten source and test files of known languages. The path must be normal. Everything else
 * is refused, including kinds of files nobody thought of. Case is ignored, as on some file systems.
 */
export function roleOfPath(path: string): PathRole {
  const parts = path.toLowerCase().split('/');
  const name = path.split('/').at(-1) ?? '';
  const refused = (rule: 'path-protected' | 'path-not-source' | 'generated-file', reason: string): PathRole => ({
    kind: 'refused',
    finding: refusal(rule, reason, { path }),
  });
  if (parts.some((part) => part.startsWith('.')))
    return refused('path-protected', 'Names that begin with a dot belong to tools: workflows, hooks, editors.');
  const directory = parts
    .slice(0, -1)
    .map((part) => (Object.hasOwn(DIRECTORIES, part) ? DIRECTORIES[part] : undefined))
    .find((reason) => reason !== undefined);
  if (directory !== undefined) return refused('path-protected', `The directory ${directory}.`);
  if (parts.length > 1 && ROOT_DIRECTORIES.has(parts[0] ?? ''))
    return refused('path-protected', 'The directory is run by hooks or pipelines.');
  const language = languageOf(path);
  if (language === null)
    return refused('path-not-source', 'It is not a source or test file of a language whose tests are known.');
  const file = FILES.find(([pattern]) => pattern.test(name));
  if (file !== undefined) return refused('path-protected', `The file ${file[1]}.`);
  if (SHADOWING.test(path)) return refused('path-protected', 'The file could shadow a module of the standard library.');
  if (GENERATED_NAMES.test(name))
    return refused('generated-file', 'The file is generated; change its generator instead.');
  return { kind: isTestPath(path, language) ? 'test' : 'source', language };
}

/** True when the file says that it is generated. */
export function isMarkedGenerated(lines: readonly string[]): boolean {
  return lines.slice(0, MARKED_LINES).some((line) => GENERATED_MARK.test(line));
}
