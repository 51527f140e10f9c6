import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSandboxRun, sandboxInputs, sandboxTitle } from '@selfheal/patch-guard/sandbox-run.ts';
import { judgeSandboxWorkflow, sandboxWorkflow } from '@selfheal/patch-guard/sandbox-workflow.ts';
import { describe, expect, it } from 'vitest';

const VALUES = {
  runner: 'ubuntu-24.04',
  minutes: '30',
  image: 'node:24',
  version: `${'1'.repeat(40)} # v4.2.2`,
  prepare: 'npm ci --ignore-scripts',
  test: 'npm test',
};
const SOUND = sandboxWorkflow(VALUES);
/** An expression of GitHub's. */
const ex = (inner: string): string => `$\{{ ${inner} }}`;
const refusal = (text: string) => {
  const judged = judgeSandboxWorkflow(text);
  return judged.kind === 'refused' ? `${judged.problem.line}: ${judged.problem.reason}` : 'accepted';
};
const swap = (from: string, to: string) => {
  expect(SOUND).toContain(from);
  return SOUND.replace(from, () => to);
};

describe('the workflow that tries unapproved code', () => {
  it.each([
    ['as the user guide shows it', SOUND],
    ['with comments above it', `# Tries changes of Selfheal.\n\n#\n${SOUND}\n\n`],
    ['another runner of GitHub', sandboxWorkflow({ ...VALUES, runner: 'ubuntu-latest' })],
    ['a version tag', sandboxWorkflow({ ...VALUES, version: 'v5' })],
    ['an image by its digest', sandboxWorkflow({ ...VALUES, image: `ghcr.io/acme/build@sha256:${'a'.repeat(64)}` })],
    [
      'several commands',
      sandboxWorkflow({
        ...VALUES,
        prepare: 'go mod download',
        test: `go vet ./... && go test ./... | tee "$HOME/log"`,
      }),
    ],
  ])('is accepted %s', (_name, text) => {
    expect(judgeSandboxWorkflow(text)).toEqual({ kind: 'accepted' });
  });

  const JOB = '    timeout-minutes: 30\n';
  const STEP = '      - name: Apply the change without a network\n';
  it.each<[string, string, RegExp]>([
    [
      'another trigger',
      swap('  workflow_dispatch:\n', '  pull_request_target:\n  workflow_dispatch:\n'),
      /^4: .*Only workflow_dispatch/,
    ],
    ['a trigger in one line', swap('on:\n', 'on: [push, workflow_dispatch]\n'), /^3: .*Only workflow_dispatch/],
    ['one more input', swap('      patch:\n', '      more:\n        type: string\n      patch:\n'), /^9: /],
    [
      'an input with a default',
      swap('        type: string\n', '        type: string\n        default: main\n'),
      /^9: /,
    ],
    [
      'no permissions at the top',
      swap('permissions: {}\n', ''),
      /^15: .*Write, as the user guide shows it: permissions: \{\}/,
    ],
    ['a permission at the top', swap('permissions: {}', 'permissions: { contents: read }'), /^15: .*no permissions/],
    ['read-all', swap('permissions: {}', 'permissions: read-all'), /^15: /],
    ['a permission of the job', swap(JOB, `${JOB}    permissions:\n      id-token: write\n`), /^20: .*no permissions/],
    ['an environment', swap(JOB, `${JOB}    environment: production\n`), /^20: .*secrets and cloud identities/],
    ['a runner of somebody', swap('ubuntu-24.04', 'self-hosted'), /^18: .*GitHub-hosted/],
    ['runners by labels', swap('ubuntu-24.04', '[self-hosted, linux]'), /^18: .*GitHub-hosted/],
    ['a runner by an expression', swap('ubuntu-24.04', ex('inputs.runner')), /^18: /],
    ['a larger runner', swap('ubuntu-24.04', 'ubuntu-24.04-16core'), /^18: /],
    [
      'a secret in a variable',
      swap('      TEST: npm test\n', `      TEST: npm test\n      KEY: ${ex('secrets.KEY')}\n`),
      /^24: .*access to secrets/,
    ],
    ['a secret by its name', swap('npm test', ex("secrets['KEY']")), /^23: .*access to secrets/],
    ['all secrets', swap('node:24', ex('toJSON(secrets)')), /^21: .*access to secrets/],
    ['a secret in a name', swap('name: Selfheal try\n', `name: ${ex('secrets.KEY')}\n`), /^1: .*access to secrets/],
    ['secrets that are handed on', swap(JOB, `${JOB}    secrets: inherit\n`), /^20: .*access to secrets/],
    ['the token', swap('npm test', `curl -H ${ex('github.token')} x`), /^23: .*token/],
    ['the token by its variable', swap(STEP, `${STEP}        env:\n          GITHUB_TOKEN: x\n`), /^40: |^39: |^3\d: /],
    [
      'a workflow that is called',
      SOUND.replace(/ {4}runs-on[\s\S]*$/, '    uses: acme/other/.github/workflows/x.yml@main\n'),
      /^18: .*not called/,
    ],
    ['another action', swap('actions/checkout@', 'acme/checkout@'), /: .*Only actions\/checkout/],
    [
      'an action of the repository',
      swap(`actions/checkout@${VALUES.version}`, './checkout'),
      /: .*Only actions\/checkout/,
    ],
    ['a moving branch of checkout', swap(VALUES.version, 'main'), /full commit id, or a version tag/],
    ['a cache', swap(STEP, `      - uses: actions/cache@v4\n${STEP}`), /cache of the default branch/i],
    ['one more step', swap(STEP, `      - run: echo hello\n${STEP}`), /^\d+: The line differs/],
    ['kept credentials', swap('persist-credentials: false', 'persist-credentials: true'), /persist-credentials: false/],
    ['no word about credentials', swap('          persist-credentials: false\n', ''), /persist-credentials: false/],
    ['another commit', swap(ex('inputs.base_sha'), 'main'), /ref: \$\{\{ inputs\.base_sha \}\}/],
    [
      'an input inside of a script',
      swap('printf \'%s\' "$PATCH"', `printf '%s' '${ex('inputs.patch')}'`),
      /input inside a script/,
    ],
    [
      'a network for the tests',
      SOUND.replace(/--network none (?![\s\S]*--network)/, ''),
      /without network and capabilities/,
    ],
    ['a network while the change is applied', swap('--interactive --network none', '--interactive'), /without network/],
    [
      'the socket of Docker',
      swap('--cap-drop ALL', '--volume /var/run/docker.sock:/var/run/docker.sock --cap-drop ALL'),
      /without network/,
    ],
    ['more rights', swap('--cap-drop ALL', '--privileged'), /without network/],
    [
      'tests outside of the container',
      SOUND.replace(/docker run(?![\s\S]*docker run)[\s\S]*"\$TEST"/, 'npm test'),
      /^\d+: The line differs/,
    ],
    ['the checkout itself', swap('"$RUNNER_TEMP/work:/work"', '"$PWD:/work"'), /without network/],
    ['a command that begins another line', swap('npm test', 'npm test\u2028      KEY: x'), /^23: /],
    ['a comment that begins another line', `# one\u0085on: push\n${SOUND}`, /^1: /],
    ['a carriage return', SOUND.replaceAll('\n', '\r\n'), /^1: /],
    ['a byte order mark', `\uFEFF${SOUND}`, /^1: /],
    ['a comment inside', swap('jobs:\n', '# jobs\njobs:\n'), /^16: /],
    ['a list as a command', swap('npm test', '[a, b]'), /^23: /],
    ['an alias as a command', swap('npm test', '*other'), /^23: /],
    ['a mapping as a command', swap('npm test', 'a: b'), /^23: /],
    ['a tag before a command', swap('npm test', '!!binary YQ=='), /^23: /],
    ['a comment behind a command', swap('npm test', 'npm test # all'), /^23: /],
    ['an image with a flag', swap('node:24', '--privileged'), /^21: /],
    ['an image with a command', swap('node:24', 'node:24 sh'), /^21: /],
    ['a second job', `${SOUND}  more:\n    runs-on: ubuntu-24.04\n`, /Nothing may follow the last line/],
    ['a second document', `${SOUND}---\non: push\n`, /Nothing may follow the last line/],
    ['a key of before again', `${SOUND}permissions: write-all\n`, /Nothing may follow.*no permissions/],
    ['half of it', SOUND.slice(0, SOUND.length / 2), /^\d+: The line/],
    ['nothing', '', /empty/],
    ['comments alone', '# nothing\n', /empty/],
    ['too much', `${SOUND}${'#'.repeat(30_000)}`, /longer than/],
  ])('is refused with %s, with the line and how to mend it', (_name, text, reason) => {
    expect(refusal(text)).toMatch(reason);
  });

  it('is refused whichever of its lines is missing, doubled, or indented in another way', () => {
    const lines = SOUND.trimEnd().split('\n');
    for (const at of lines.keys()) {
      const line = lines[at] ?? '';
      const variants = [
        lines.toSpliced(at, 1),
        lines.toSpliced(at, 0, line),
        lines.toSpliced(at, 1, ` ${line}`),
        lines.toSpliced(at, 1, `${line} `),
      ];
      for (const variant of variants) expect(judgeSandboxWorkflow(variant.join('\n')).kind, line).toBe('refused');
    }
  });
});

describe('a run of it', () => {
  it('is known by its event and its title, which nobody but who may push can give it', () => {
    const title = sandboxTitle('a'.repeat(32));
    expect(isSandboxRun('workflow_dispatch', title)).toBe(true);
    expect(isSandboxRun('push', title)).toBe(false);
    expect(isSandboxRun('workflow_dispatch', `${title} and more`)).toBe(false);
  });

  it('is given the change in base64, where GitHub takes that much', () => {
    const inputs = sandboxInputs('b'.repeat(40), '+const ü = "€";\n', 'c'.repeat(32));
    expect(Buffer.from(inputs?.patch ?? '', 'base64').toString('utf8')).toBe('+const ü = "€";\n');
    expect(sandboxInputs('b'.repeat(40), 'x'.repeat(48_000), 'c'.repeat(32))).not.toBeNull();
    expect(sandboxInputs('b'.repeat(40), 'x'.repeat(50_000), 'c'.repeat(32))).toBeNull();
  });
});

it('is in the user guide as it is accepted', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guide/sandbox.md'), 'utf8');
  const [shown = ''] = [...guide.matchAll(/```yaml\n(name: Selfheal try\n[\s\S]*?)```/g)].map(([, text]) => text);
  expect(judgeSandboxWorkflow(shown)).toEqual({ kind: 'accepted' });
});
