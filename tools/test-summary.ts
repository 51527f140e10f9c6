import { readReports, revisionOf } from './requirements/suite-report.ts';

/**
 * Prints the total results of all suites that ran on the checked-out commit in its last line, before that the tests that passed only when they ran
 * again. Exits with 1 if a test failed or none passed.
 */
const { commit } = revisionOf();
const tests = readReports().flatMap((report) => (report.commit === commit ? report.tests : []));
const count = (...states: string[]) => tests.filter(({ state }) => states.includes(state)).length;
const [passed, failed] = [count('passed'), count('failed', 'inverted')];
for (const { file, name, retried } of tests) if (retried) console.log(`passed when it ran again: ${file} > ${name}`);
console.log(`${passed} passed, ${failed} failed, ${count('skipped')} skipped`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
