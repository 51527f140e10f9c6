import { SANDBOX_TEST_STEP } from './sandbox-run.ts';

/** A container that can change only a copy of the checkout and its home; nothing it wrote is read outside. */
const container = (
  flags: string,
  command: string,
): string => `docker run --rm ${flags}--cap-drop ALL --security-opt no-new-privileges \\
            --user "$(id -u):$(id -g)" --env HOME=/home/try --volume "$RUNNER_TEMP/home:/home/try" \\
            --volume "$RUNNER_TEMP/work:/work" --workdir /work "$IMAGE" ${command}`;

/**
 * The only workflow that may run a change before a person approved it; the user guide shows it. Owners fill in
 * `<<...>>`; every other character is fixed. Compared as text, so that only GitHub's interpretation of YAML matters.
 */
const TEMPLATE = `name: Selfheal try
run-name: Selfheal try \${{ inputs.correlation_id }}
on:
  workflow_dispatch:
    inputs:
      base_sha:
        required: true
        type: string
      patch:
        required: true
        type: string
      correlation_id:
        required: true
        type: string
permissions: {}
jobs:
  try:
    runs-on: <<runner>>
    timeout-minutes: <<minutes>>
    env:
      IMAGE: <<image>>
      PREPARE: <<command>>
      TEST: <<command>>
    steps:
      - name: Check out the commit that failed
        uses: actions/checkout@<<version>>
        with:
          ref: \${{ inputs.base_sha }}
          persist-credentials: false
      - name: Prepare before the change is there
        run: |
          mkdir "$RUNNER_TEMP/home"
          cp -a "$PWD" "$RUNNER_TEMP/work"
          ${container('', 'sh -c "$PREPARE"')}
      - name: Apply the change without a network
        env:
          PATCH: \${{ inputs.patch }}
        run: |
          printf '%s' "$PATCH" | base64 --decode > "$RUNNER_TEMP/change.diff"
          ${container('--interactive --network none ', 'git apply - < "$RUNNER_TEMP/change.diff"')}
      - name: ${SANDBOX_TEST_STEP}
        run: |
          ${container('--network none ', 'sh -c "$TEST"')}
`;

/** A filled-in value must not end the line, begin an expression or be anything but text in YAML. */
const SLOTS: Readonly<Record<string, { readonly pattern: string; readonly says: string }>> = {
  runner: {
    pattern: String.raw`ubuntu-(?:latest|\d\d\.\d\d)(?:-arm)?`,
    says: "a runner of GitHub's: ubuntu-latest, ubuntu-24.04, ubuntu-24.04-arm",
  },
  minutes: { pattern: String.raw`[1-9]\d?`, says: '1 to 99' },
  image: { pattern: String.raw`[a-z0-9][\w./-]*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?`, says: 'a container image' },
  command: {
    pattern: String.raw`[A-Za-z0-9./](?:[\w ./=@,+&;|()"'$*>-]|:(?! ))*[\w./)"']`,
    says: 'a command in one line, without #, braces, back slashes, back quotes, or a colon before a space',
  },
  version: {
    pattern: String.raw`(?:[0-9a-f]{40}(?: # v[\d.]+)?|v\d+(?:\.\d+){0,2})`,
    says: 'a full commit id, or a version tag',
  },
};

const COMMENT = /^#[\x20-\x7e]*$/;
/** Longer files are not read. */
const MAX_CHARACTERS = 20_000;

export interface SandboxProblem {
  /** From 1. */
  readonly line: number;
  /** What is wrong and how to fix it. */
  readonly reason: string;
}

/** Why a differing line is more than a matter of taste. */
const HAZARDS: readonly (readonly [RegExp, string])[] = [
  [/secrets|inherit/i, 'The sandbox must not have access to secrets.'],
  [/github\s*\.\s*token|github_token/i, "A try must not reach the run's token."],
  [/environment\s*:/i, 'An environment provides secrets and cloud identities.'],
  [/permissions\s*:/i, 'The sandbox must have no permissions.'],
  [/self-hosted|runs-on\s*:/i, 'Only GitHub-hosted runners are discarded afterwards; an expression cannot be checked.'],
  [/cache/i, 'Every other run would read a cache of the default branch.'],
  [
    /docker|network|--(?:cap|user|volume|privileged)/i,
    'The changed code must run in a container without network and capabilities.',
  ],
  [/uses\s*:/i, 'Only actions/checkout runs outside of the container; other workflows and actions are not called.'],
  [/\$\{\{/, 'An input inside a script would run as a script.'],
  [/pull_request|push|schedule|workflow_(?:call|run)|issue/i, 'Only workflow_dispatch may start the sandbox.'],
];

/**
 * Whether a workflow file may run unapproved code: no permissions, no secrets, and the changed code in a container
 * without a network. Comments may stand above its first line. Names the first line that differs.
 */
export function judgeSandboxWorkflow(
  text: string,
): { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly problem: SandboxProblem } {
  const refused = (line: number, reason: string) => ({ kind: 'refused' as const, problem: { line, reason } });
  if (text.length > MAX_CHARACTERS) return refused(1, `The file is longer than ${MAX_CHARACTERS} characters.`);
  const lines = text.replace(/\n+$/, '').split('\n');
  const template = TEMPLATE.trimEnd().split('\n');
  const head = lines.findIndex((line) => line !== '' && !COMMENT.test(line));
  if (head === -1) return refused(1, 'The file is empty: copy the one of the user guide.');
  for (let at = 0; at < Math.max(template.length, lines.length - head); at += 1) {
    const [expected, given] = [template[at], lines[head + at]];
    if (expected !== undefined && given !== undefined && patternOf(expected).test(given)) continue;
    return refused(head + at + 1, reasonOf(expected, given));
  }
  return { kind: 'accepted' };
}

function reasonOf(expected: string | undefined, given: string | undefined): string {
  const hazard = HAZARDS.find(([pattern]) => pattern.test(given ?? ''))?.[1];
  const why = hazard === undefined ? '' : ` ${hazard}`;
  if (expected === undefined) return `Nothing may follow the last line of the workflow.${why} Remove the line.`;
  const slot = SLOTS[/<<(\w+)>>/.exec(expected)?.[1] ?? ''];
  const place = slot === undefined ? '' : ` (in the place of <<...>>: ${slot.says})`;
  const what = given === undefined ? 'The line is missing' : 'The line differs';
  return `${what}.${why} Write, as the user guide shows it${place}: ${expected.trim()}`;
}

const patternOf = (line: string): RegExp =>
  new RegExp(
    `^${line
      .split(/<<(\w+)>>/)
      .map((part, at) => (at % 2 === 0 ? escaped(part) : (SLOTS[part]?.pattern ?? '')))
      .join('')}$`,
  );

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The workflow with these values filled in. */
export function sandboxWorkflow(
  values: Readonly<Record<'runner' | 'minutes' | 'image' | 'version' | 'prepare' | 'test', string>>,
): string {
  const commands = [values.prepare, values.test];
  return TEMPLATE.replace(/<<(\w+)>>/g, (_, slot: string) =>
    slot === 'command' ? (commands.shift() ?? '') : (values[slot as keyof typeof values] ?? ''),
  );
}
