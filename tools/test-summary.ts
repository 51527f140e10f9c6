import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Prints the last `npm test` as one plain line; exits with 1 when a test failed or none ran. */
const report = JSON.parse(readFileSync(join(import.meta.dirname, '../.selfheal/test-report.json'), 'utf8')) as {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
};
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} skipped`);
process.exitCode = report.numPassedTests > 0 && report.numFailedTests === 0 ? 0 : 1;
