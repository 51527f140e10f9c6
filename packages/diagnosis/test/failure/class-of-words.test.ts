import { classOfWords } from '@selfheal/diagnosis/failure/class-of-words.ts';
import { describe, expect, it } from 'vitest';

describe('a cause in plain words', () => {
  it.each([
    ['the database refused the connection', 'service_unavailability'],
    ['could not connect to the database', 'service_unavailability'],
    ['redis does not answer pings', 'service_unavailability'],
    ['the service answers 503', 'service_unavailability'],
    ['The payment service is down', 'service_unavailability'],
    ['we ran out of connections to postgres', 'resource_exhaustion'],
    ['the pods were killed because memory was used up', 'resource_exhaustion'],
    ['the service ran out of memory', 'resource_exhaustion'],
    ['the CPU is at 100 percent', 'resource_exhaustion'],
    ['the queue is backed up', 'resource_exhaustion'],
    ['the disk of the build machine is full', 'storage_issues'],
    ['no space left', 'storage_issues'],
    ['memory keeps growing until the restart', 'memory_leaks'],
    ['DNS lookups for the payments host fail', 'network_connectivity'],
    ['the connection was reset half way', 'network_connectivity'],
    ['the certificate of the gateway has expired', 'certificate_expiration'],
    ['the API key was rejected', 'access_control_failures'],
    ['permission was denied on the bucket', 'access_control_failures'],
    ['requests are being throttled by the vendor', 'external_service_failures'],
    ['a unit test fails on the price', 'test_failure'],
    ['the login test is flaky', 'flaky_tests'],
    ['the package cannot be downloaded from the registry', 'dependency_conflicts'],
    ['a module cannot be found', 'dependency_conflicts'],
    ['the new version does not compile', 'compilation_error'],
    ['a null pointer in the checkout handler', 'runtime_exceptions'],
    ['a query deadlocked with another one', 'timing_dependencies'],
    ['the configuration file has a typo in it', 'configuration_errors'],
    ['an environment variable is missing', 'configuration_errors'],
    ['the image has a known vulnerability', 'vulnerability_blocking'],
  ])('such as "%s" means %s', (words, meaning) => expect(classOfWords(words)).toBe(meaning));

  it.each(['', 'something is odd', 'the customers complain', 'look at yesterday'])(
    'that says nothing of a class means none: "%s"',
    (words) => expect(classOfWords(words)).toBeNull(),
  );
});
