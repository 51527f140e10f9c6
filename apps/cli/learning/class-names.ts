import { FailureClass } from '#shared/domain/incident/failure-class.ts';
import { unknownValue } from '#shared/kernel/text/nearest-value.ts';
import { UsageError } from '../command.ts';

/** Categories that people write, by the class that they mean. */
const CATEGORIES: Readonly<Record<string, FailureClass>> = {
  database_connectivity: 'network_connectivity',
  database_performance: 'resource_exhaustion',
  database_storage: 'storage_issues',
  memory_exhaustion: 'resource_exhaustion',
  memory_leak: 'memory_leaks',
  memory_issues: 'resource_exhaustion',
  network_timeout: 'network_connectivity',
  service_failure: 'service_unavailability',
  service_unavailable: 'service_unavailability',
  configuration_error: 'configuration_errors',
  disk_full: 'storage_issues',
  connection_failures: 'network_connectivity',
  authentication_failures: 'access_control_failures',
};

/** The failure class that a word names, `unknown` without one. Throws `UsageError` that lists the classes. */
export function parseClass(given: string | undefined, option = 'category'): FailureClass {
  if (given === undefined) return 'unknown';
  const name = given
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  const parsed = FailureClass.safeParse(CATEGORIES[name] ?? name);
  if (parsed.success) return parsed.data;
  throw new UsageError(unknownValue(option, given, FailureClass.options));
}
