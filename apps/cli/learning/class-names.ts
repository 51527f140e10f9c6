import { UsageError } from '@selfheal/cli-kit/command.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';

/** Categories that people write, by the classes that they mean: first the one that Selfheal gives to such a failure most often. */
const CATEGORIES: Readonly<Record<string, readonly FailureClass[]>> = {
  authentication: ['access_control_failures'],
  authentication_failures: ['access_control_failures'],
  certificate: ['certificate_expiration'],
  configuration: ['configuration_errors'],
  configuration_error: ['configuration_errors'],
  connection_failures: ['service_unavailability', 'network_connectivity'],
  connectivity: ['service_unavailability', 'network_connectivity'],
  database: ['service_unavailability', 'resource_exhaustion', 'storage_issues', 'runtime_exceptions'],
  database_connectivity: ['service_unavailability', 'network_connectivity'],
  database_performance: ['resource_exhaustion', 'timing_dependencies'],
  database_storage: ['storage_issues'],
  dependency: ['dependency_conflicts'],
  disk: ['storage_issues'],
  disk_full: ['storage_issues'],
  disk_space: ['storage_issues'],
  external_api: ['external_service_failures'],
  memory: ['resource_exhaustion', 'memory_leaks'],
  memory_exhaustion: ['resource_exhaustion', 'memory_leaks'],
  memory_issue: ['resource_exhaustion', 'memory_leaks'],
  memory_issues: ['resource_exhaustion', 'memory_leaks'],
  memory_leak: ['memory_leaks', 'resource_exhaustion'],
  network: ['network_connectivity', 'external_service_failures'],
  network_timeout: ['network_connectivity', 'timing_dependencies'],
  performance: ['resource_exhaustion', 'timing_dependencies'],
  permission: ['access_control_failures'],
  service_failure: ['service_unavailability'],
  service_unavailable: ['service_unavailability'],
  storage: ['storage_issues'],
  timeout: ['timing_dependencies', 'network_connectivity'],
};

/** Categories of one kind of thing: only failures whose description has such a word are meant, of whatever class above. */
const SUBJECTS: Readonly<Record<string, RegExp>> = {
  database:
    /database|postgres|mysql|mariadb|sqlite|oracle|mongo|redis|neo4j|cassandra|elasticsearch|dynamodb|\bsql\b|\bdb\b/i,
};

const nameOf = (given: string): string =>
  given
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');

/** The failure classes that a word names, the most usual first; none when it names none. The same word twice counts once. */
export function classesNamed(given: string): readonly FailureClass[] {
  const [name = '', ...others] = new Set(given.split(',').map(nameOf));
  if (others.length > 0) return [];
  const parsed = FailureClass.safeParse(name);
  if (parsed.success) return [parsed.data];
  return Object.hasOwn(CATEGORIES, name) ? (CATEGORIES[name] ?? []) : [];
}

/** The failure classes that a word names. Throws `UsageError` that lists the classes. */
export function parseClasses(given: string, option = 'category'): readonly FailureClass[] {
  const named = classesNamed(given);
  if (named.length > 0) return named;
  throw new UsageError(unknownValue(option, given, FailureClass.options));
}

/** The failure class that a word usually names, `unknown` without one. Throws `UsageError` that lists the classes. */
export function parseClass(given: string | undefined, option = 'category'): FailureClass {
  return given === undefined ? 'unknown' : (parseClasses(given, option)[0] ?? 'unknown');
}

/** A category as somebody writes it: the classes that it means, and what the text of a failure has to speak of; null: of anything. */
export interface FailureCategory {
  readonly name: string;
  readonly classes: readonly FailureClass[];
  readonly subject: RegExp | null;
}

/** Parses a list of classes and categories with commas. Throws `UsageError` that lists the classes. */
export function categoriesOf(given: string, option: string): readonly FailureCategory[] {
  return given.split(',').map((word) => {
    const name = nameOf(word);
    return { name, classes: parseClasses(word, option), subject: SUBJECTS[name] ?? null };
  });
}

/** Parses a list of classes with commas and returns a test for membership; without the option it accepts every class. Throws `UsageError`. */
export function classesOf(given: string | undefined, option = 'class'): (failureClass: FailureClass) => boolean {
  if (given === undefined) return () => true;
  const classes = given.split(',').flatMap((name) => parseClasses(name, option));
  return (failureClass) => classes.includes(failureClass);
}
