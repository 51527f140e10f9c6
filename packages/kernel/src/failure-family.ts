/**
 * The failure taxonomy: sixteen classes of four families, the `code` family of real CI, and `unknown`. Needs no other module, so that a
 * browser has it, too.
 */
export const FAMILY_OF = {
  resource_exhaustion: 'infrastructure',
  network_connectivity: 'infrastructure',
  storage_issues: 'infrastructure',
  service_unavailability: 'infrastructure',
  dependency_conflicts: 'application',
  configuration_errors: 'application',
  runtime_exceptions: 'application',
  memory_leaks: 'application',
  flaky_tests: 'testing',
  test_environment_issues: 'testing',
  timing_dependencies: 'testing',
  external_service_failures: 'testing',
  vulnerability_blocking: 'security',
  certificate_expiration: 'security',
  access_control_failures: 'security',
  compliance_violations: 'security',
  test_failure: 'code',
  compilation_error: 'code',
  lint_violation: 'code',
  unknown: 'unknown',
} as const;
