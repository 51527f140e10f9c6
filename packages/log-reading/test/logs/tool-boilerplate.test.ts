import { describe, expect, it } from 'vitest';
import { isToolBoilerplate } from '../../src/logs/tool-boilerplate.ts';

describe('the help that tools give with every failure', () => {
  it.each([
    '##[error]Process completed with exit code 1.',
    ' ELIFECYCLE  Command failed with exit code 1.',
    'error Command failed with exit code 1.',
    'npm ERR! A complete log of this run can be found in: /home/runner/.npm/_logs/2026-11-21-debug-0.log',
    'npm error A complete log of this run can be found in: /root/.npm/_logs/debug-0.log',
    'info Visit https://yarnpkg.com/en/docs/cli/run for documentation about this command.',
    '* Try:',
    '> Run with --stacktrace option to get the stack trace.',
    '> Run with --info or --debug option to get more log output.',
    '> Run with --scan to get full insights.',
    '> Get more help at https://help.gradle.org.',
    '* Get more help at https://help.gradle.org',
    '[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.',
    '[ERROR] Re-run Maven using the -X switch to enable full debug logging.',
    '[ERROR] For more information about the errors and possible solutions, please read the following articles:',
    '[ERROR] [Help 1] http://cwiki.apache.org/confluence/display/MAVEN/MojoFailureException',
    '[ERROR] After correcting the problems, you can resume the build with the command',
    '[ERROR]   mvn <args> -rf :shop-core',
    'For more information about this error, try `rustc --explain E0308`.',
    'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
    'note: This error originates from a subprocess, and is likely not a problem with pip.',
    '[notice] To update, run: pip install --upgrade pip',
    'View build details: docker-desktop://dashboard/build/default/x',
    'hint: See above for output from the failure.',
  ])('is recognised: %s', (line) => {
    expect(isToolBoilerplate(line)).toBe(true);
  });

  it.each([
    '##[error]Process completed with exit code 137.',
    'npm error code ECONNRESET',
    'npm error network request to https://registry.npmjs.org/left-pad failed',
    'error: could not compile `shop` (lib) due to 1 previous error',
    'Run `npm audit fix` to fix them',
    'note: expected `&str`, found `String`',
    '> Task :app:compileJava FAILED',
    '* What went wrong:',
    '[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:3.2.5:test on project shop -> [Help 1]',
    'GET https://api.example.com/orders failed with 502',
    'see src/app.ts line 3',
    'Error: Cannot find module',
    'Process exited with code 139 (SIGSEGV)',
    '',
  ])('is not: %s', (line) => {
    expect(isToolBoilerplate(line)).toBe(false);
  });
});
