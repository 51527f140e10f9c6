// The import map of the code base. Each rule says why; `npm run check:boundaries` runs it and asserts that it saw every module.
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const SDK = 'node_modules/(@aws-sdk|@smithy|@octokit)/';
/** The parts of the domain in the order in which they build on each other. */
const DOMAIN = [
  'incident',
  'webhooks',
  'changes',
  'log-watch',
  'access',
  'triage',
  'performance',
  'knowledge',
  'plan',
  'policy',
  'on-call',
  'playbook',
  'health',
  'jobs',
  'experiment',
  'learning',
  'answers',
  'capacity',
  'audit',
  'replay',
  'configuration',
  'routing',
  'workflow',
];
const PURE_PACKAGES = 'node_modules/(zod|@noble/hashes)/';
/** The libraries, each with those it may build on. None of them knows the healer. */
const LIBRARIES = {
  kernel: [],
  redaction: ['kernel'],
  'log-reading': ['kernel', 'redaction'],
  reports: ['kernel', 'redaction'],
  'patch-guard': ['kernel', 'redaction'],
  'cli-kit': ['kernel'],
  anomaly: ['kernel', 'log-reading'],
  diagnosis: ['kernel', 'redaction', 'log-reading'],
  'pull-request-quality': ['kernel', 'redaction', 'log-reading', 'reports', 'patch-guard'],
};
const LIBRARY = `^packages/(${Object.keys(LIBRARIES).join('|')})/src/`;
/** What of the libraries opens files or loads a parser. */
const LIBRARY_ADAPTERS = '^packages/(patch-guard/src/tree-sitter[.]ts$|pull-request-quality/src/adapters/)';

module.exports = {
  forbidden: [
    rule(
      'no-circular',
      'Modules must not import each other in a circle, types included. Merge them or move the shared type down.',
      {},
      { circular: true },
    ),
    rule(
      'no-unresolved',
      'An import that resolves to nothing would escape every other rule.',
      {},
      { couldNotResolve: true },
    ),
    rule(
      'domain-is-pure',
      'The domain runs in Lambda, on the command line and in a browser: schemas, hashes, libraries and itself only.',
      { path: '^shared/domain/' },
      { pathNot: ['^shared/domain/', LIBRARY, PURE_PACKAGES] },
    ),
    ...Object.entries(LIBRARIES).map(([name, below]) =>
      rule(
        'libraries-in-order',
        'A library builds on those below it, and on nothing of the healer.',
        { path: `^packages/${name}/src/` },
        {
          path: '^(packages|shared|functions|infra|statemachines|apps|lab|tools|test)/',
          pathNot: `^packages/(${[name, ...below].join('|')})/src/`,
        },
      ),
    ),
    rule(
      'libraries-are-pure',
      'They run in Lambda, on the command line and in a browser; what opens files or loads a parser is an adapter.',
      { path: LIBRARY, pathNot: [LIBRARY_ADAPTERS, '^packages/(cli-kit/src/|reports/src/formats/common/)'] },
      { pathNot: ['^packages/', PURE_PACKAGES, 'node_modules/@dagrejs/'] },
    ),
    rule(
      'only-entry-points-load-adapters-of-libraries',
      'Use cases and domain receive a parser or a source tree by its port.',
      { path: ['^shared/', LIBRARY], pathNot: LIBRARY_ADAPTERS },
      { path: LIBRARY_ADAPTERS },
    ),
    // A part of the domain may import those before it, types included: it is read from the top to the bottom.
    ...DOMAIN.slice(0, -1).map((part, at) =>
      rule(
        'domain-in-order',
        'A part of the domain imports only the parts before it.',
        { path: `^shared/domain/${part}/` },
        { path: `^shared/domain/(${DOMAIN.slice(at + 1).join('|')})/` },
      ),
    ),
    rule(
      'domain-has-no-other-parts',
      'Add a new part of the domain to DOMAIN, in its order.',
      { path: '^shared/domain/', pathNot: `^shared/domain/(${DOMAIN.join('|')})/` },
      {},
    ),
    rule(
      'ports-know-only-domain',
      'A port is an interface in domain words.',
      { path: '^shared/ports/' },
      { pathNot: ['^shared/(domain|ports)/', LIBRARY, PURE_PACKAGES] },
    ),
    rule(
      'plugins-know-domain-and-ports',
      'Plug-ins do I/O through ports, so that infra can load them when it synthesizes.',
      { path: '^shared/plugins/' },
      { pathNot: ['^shared/(domain|ports|plugins)/', LIBRARY, PURE_PACKAGES] },
    ),
    rule(
      'report-formats-use-parsers',
      'XML and JSON are parsed piece by piece, by libraries that do nothing else: no I/O, no expansion of entities.',
      { path: '^packages/reports/src/formats/common/' },
      { pathNot: ['^packages/', PURE_PACKAGES, 'node_modules/(saxes|@streamparser/json)/'] },
    ),
    rule(
      'no-plugin-sees-its-siblings',
      'Adding or deleting one plug-in touches nothing but the registry.',
      { path: '^(shared/plugins/[^/]+|packages/reports/src/formats)/(?!(registry|contract)[.]ts$)' },
      { path: '^$1/registry[.]ts$' },
    ),
    rule(
      'no-plugin-sees-another',
      'What two plug-ins need lies in `common`, or what a model is asked by in `protocol`: a folder can be deleted with its line in the registry.',
      { path: '^(shared/plugins/[^/]+|packages/reports/src/formats)/([^/]+)/' },
      { path: '^$1/[^/]+/', pathNot: '^$1/($2|common|protocol)/' },
    ),
    rule(
      'app-knows-no-adapters',
      'Use cases receive ports; main.ts chooses adapters.',
      { path: '^shared/app/' },
      { path: ['^shared/adapters/', SDK] },
    ),
    rule(
      'adapters-know-no-app',
      'Adapters implement ports; they call no use case and no plug-in.',
      { path: '^shared/adapters/' },
      { path: '^shared/(app|plugins)/' },
    ),
    rule(
      'shared-knows-no-entry-point',
      'Dependencies point inward.',
      { path: '^shared/' },
      { path: '^(functions|infra|apps|packages/(local-cloud|fake-)|lab|test|tools)/' },
    ),
    rule(
      'sdk-only-in-adapters',
      'One folder knows the AWS and GitHub clients.',
      { path: '^(shared|functions|infra|apps|packages/[^/]+/src|lab)/', pathNot: '^shared/adapters/' },
      { path: SDK },
    ),
    rule(
      'functions-are-islands',
      'Functions talk through the state machine, never by import. Shared composition is beside their folders.',
      { path: '^functions/([^/]+)/' },
      { path: '^functions/', pathNot: ['^functions/$1/', '^functions/[^/]+[.]ts$'] },
    ),
    rule(
      'only-main-composes',
      'handler.ts takes its dependencies; main.ts builds them, with the compositions beside the folders.',
      { path: '^functions/.+/', pathNot: '/main[.]ts$' },
      { path: '^shared/adapters/' },
    ),
    rule(
      'infra-reads-data-not-code',
      'Synthesis loads domain types, plug-in descriptors and function configs; never handlers or adapters.',
      { path: '^infra/' },
      { path: ['^shared/(adapters|app)/', '^apps/', '^functions/(?!.*/config[.]ts$)'] },
    ),
    rule(
      'the-workflow-is-data',
      'The state machine names steps and functions; it knows their contract and nothing that runs.',
      { path: '^statemachines/' },
      { pathNot: ['^statemachines/', '^shared/domain/workflow/'] },
    ),
    rule(
      'no-app-imports-an-app',
      'What the command line, the Action and the laboratory have in common is on the workbench.',
      { path: '^(apps/(?!dashboard/)([^/]+)|lab)/' },
      { path: '^apps/(?!workbench/|local/)', pathNot: '^$1/' },
    ),
    rule(
      'the-workbench-knows-no-app',
      'It serves them: it knows no command and no task. Of a deployment it takes the types of the API and the reader of selfheal.json.',
      { path: '^apps/workbench/' },
      {
        path: [
          '^apps/(?!workbench/)',
          '^functions/(?!api/app[.]ts$)',
          '^infra/(?!configuration[.]ts$)',
          '^(lab|tools)/',
        ],
      },
    ),
    rule(
      'only-the-laboratory-starts-the-local-deployment',
      'A command or a task reaches a deployment over HTTP.',
      { path: '^apps/(?!local/)' },
      { path: '^apps/local/' },
    ),
    rule(
      'dashboard-is-a-browser',
      'The dashboard sees domain types and the types of the API, nothing that runs on a server.',
      { path: '^apps/dashboard/' },
      {
        path: [
          '^shared/(?!domain/)',
          LIBRARY_ADAPTERS,
          '^functions/(?!api/app[.]ts$)',
          '^(infra|packages/(local-cloud|fake-)|lab|test|tools)/',
          '^apps/(?!dashboard/)',
        ],
      },
    ),
    rule(
      'dashboard-takes-types-of-the-api',
      'Its routes are types of a client there; their code runs in the function.',
      { path: '^apps/dashboard/' },
      { path: '^functions/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'only-the-redactor-makes-redacted-text',
      'Other code that turned strings into redacted text could leak a secret.',
      {
        path: '^(shared|functions|infra|apps|packages|lab|tools)/',
        pathNot: '^packages/(kernel/src/text/|redaction/src/redact[.]ts$)',
      },
      { path: '^packages/kernel/src/text/brand[.]ts$' },
    ),
    rule(
      'records-alone-read-redacted-text-back',
      'A field of a record of ours was redacted when it was written. What comes from outside was not.',
      { path: '^(shared|functions|infra|apps|packages|lab|tools)/', pathNot: ['^shared/domain/', LIBRARY] },
      { path: '^packages/kernel/src/text/record-text[.]ts$' },
    ),
    rule(
      'only-the-code-host-unwraps-names',
      'A branch or a path may hold a secret: it goes back to where it came from, and nowhere else.',
      {
        path: '^(shared|functions|infra|apps|packages|lab|tools)/',
        pathNot: '^(packages/kernel/src/text|shared/adapters/github|shared/plugins/hosts/[^/]+)/',
      },
      { path: '^packages/kernel/src/text/raw-name[.]ts$' },
    ),
    rule(
      'only-the-redactor-reads-raw-text',
      'Raw logs are passed on; only the redactor may read them.',
      {
        path: '^(shared|functions|infra|apps|packages|lab|tools)/',
        pathNot: '^packages/(kernel/src/text|redaction/src|log-reading/src/logs)/',
      },
      { path: '^packages/kernel/src/text/raw-text-read[.]ts$' },
    ),
    rule(
      'the-local-cloud-knows-nothing-of-selfheal',
      'The local cloud and the fake servers serve any template and any client.',
      { path: '^packages/(local-cloud|fake-)' },
      { path: ['^(shared|functions|infra|statemachines|apps|lab|tools|test)/', LIBRARY] },
    ),
    rule(
      'product-knows-no-packages',
      'The deployment does not contain the local cloud.',
      { path: ['^(shared|functions|infra|apps/(cli|action))/', LIBRARY] },
      { path: '^packages/(local-cloud|fake-)' },
    ),
    rule(
      'product-knows-no-lab',
      'The laboratory measures the product, which runs without it.',
      { path: '^(shared|functions|infra|statemachines|apps|packages)/' },
      { path: '^lab/' },
    ),
    rule(
      'only-people-read-the-audit-trail',
      'The trail is for people. Decisions read records, so that renaming an event cannot silently change a decision.',
      {
        path: '^(shared|functions|infra|apps)/',
        pathNot: [
          '^shared/domain/audit/',
          '^shared/ports/audit-reader[.]ts$',
          '^shared/adapters/aws/dynamo-incident-(audit|store)[.]ts$',
          '^shared/app/intake/explain-incident[.]ts$',
          '^shared/app/incidents/(load-account|read-incident|incident-story|overview)[.]ts$',
          '^shared/app/policy/change-policy[.]ts$',
          // Lists what was deleted, for people.
          '^shared/app/data/list-deletions[.]ts$',
          '^shared/ports/held-data[.]ts$',
          // Where a ticket was opened, for the pull request that names it; test/e2e/merged-fix.test.ts fails when the event is renamed.
          '^shared/app/upkeep/watch-fixes[.]ts$',
          '^apps/cli/incidents/',
          '^apps/cli/commands/incident-explain[.]ts$',
        ],
      },
      {
        path: '^shared/(ports/audit-reader|domain/audit/(audit-chain|audit-entry|describe-audit-entry|incident-account))[.]ts$',
      },
    ),
    rule(
      'no-product-import-of-test',
      'Test helpers stay in test.',
      { path: '^(shared|functions|infra|apps|packages/[^/]+/src|lab|tools)/' },
      { path: '(^|/)test/' },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      importsFields: ['imports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
