import { registered } from '@selfheal/kernel/plugin.ts';
import { bandit } from './bandit/index.ts';
import { checkstyle } from './checkstyle/index.ts';
import { clover } from './clover/index.ts';
import { cobertura } from './cobertura/index.ts';
import type { ReportFormat } from './contract.ts';
import { coveragePy } from './coverage-py/index.ts';
import { cppcheck } from './cppcheck/index.ts';
import { dartJson } from './dart-json/index.ts';
import { eslint } from './eslint/index.ts';
import { flake8 } from './flake8/index.ts';
import { gitleaks } from './gitleaks/index.ts';
import { goCover } from './go-cover/index.ts';
import { goTest } from './go-test/index.ts';
import { grype } from './grype/index.ts';
import { istanbul } from './istanbul/index.ts';
import { jacoco } from './jacoco/index.ts';
import { jestJson } from './jest-json/index.ts';
import { junit } from './junit/index.ts';
import { lcov } from './lcov/index.ts';
import { mochaJson } from './mocha-json/index.ts';
import { mypy } from './mypy/index.ts';
import { npmAudit } from './npm-audit/index.ts';
import { nunit } from './nunit/index.ts';
import { pipAudit } from './pip-audit/index.ts';
import { pylint } from './pylint/index.ts';
import { rspecJson } from './rspec-json/index.ts';
import { ruff } from './ruff/index.ts';
import { sarif } from './sarif/index.ts';
import { shellcheck } from './shellcheck/index.ts';
import { trivy } from './trivy/index.ts';
import { trufflehog } from './trufflehog/index.ts';
import { trx } from './trx/index.ts';
import { tsc } from './tsc/index.ts';
import { xunit } from './xunit/index.ts';

/** Every report format, in the order in which a file is compared with them. To add one: a folder here, named after its id, and a line below. */
export const REPORT_FORMATS: readonly ReportFormat[] = registered('report formats', [
  junit,
  nunit,
  xunit,
  trx,
  dartJson,
  goTest,
  jestJson,
  mochaJson,
  rspecJson,
  lcov,
  cobertura,
  jacoco,
  clover,
  goCover,
  coveragePy,
  istanbul,
  sarif,
  trivy,
  grype,
  bandit,
  npmAudit,
  pipAudit,
  trufflehog,
  gitleaks,
  eslint,
  ruff,
  pylint,
  shellcheck,
  checkstyle,
  cppcheck,
  flake8,
  mypy,
  tsc,
]);
