import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { TASKS } from '#apps/action/tasks/registry.ts';

const ROOT = join(import.meta.dirname, '../../..');
const KIT = join(ROOT, 'examples/workflows/checks.yml');
const TEXT = readFileSync(KIT, 'utf8');
interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly 'timeout-minutes'?: number;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
const { jobs, on, permissions, concurrency } = parse(TEXT) as {
  readonly jobs: Readonly<Record<string, Job>>;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency: Readonly<Record<string, string>>;
};
const OURS = ['early', 'gates', 'architecture', 'triage', 'auto_fix', 'feedback', 'metrics'];
const uses = (job: string): string[] => (jobs[job]?.steps ?? []).flatMap((step) => step.uses?.split('@')[0] ?? []);
const stepOf = (job: string, action: string): Step | undefined =>
  jobs[job]?.steps.find((step) => step.uses?.startsWith(`${action}@`));

const lint = (text: string): string =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'lint-workflow.ts')], { input: text, encoding: 'utf8' })
    .stdout;

describe('the workflow kit', () => {
  it('passes actionlint, which finds a planted mistake', () => {
    expect(lint(TEXT)).toBe('');
    expect(lint(TEXT.replace('needs: [lint, test, security]', 'needs: [lints, test, security]'))).toContain(
      'needs job "lints"',
    );
    expect(lint(TEXT.replace('steps.test.outcome', 'steps.tests.outcome'))).toContain('"tests" is not defined');
  });

  it('pins every action by its whole commit, with the version beside it', () => {
    const lines = TEXT.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line));
    expect(lines.length).toBeGreaterThan(30);
    for (const line of lines)
      expect(line).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # (?:v\d+\.\d+\.\d+|the commit of your release)$/);
  });

  it('gives each job the rights that it needs, and no job a way to keep the token', () => {
    expect(permissions).toEqual({ contents: 'read' });
    const more = Object.entries(jobs).flatMap(([name, job]) =>
      job.permissions === undefined ? [] : [[name, job.permissions]],
    );
    expect(Object.fromEntries(more)).toEqual({
      feedback: { contents: 'read', actions: 'read', 'pull-requests': 'write', checks: 'write' },
      metrics: { contents: 'read', actions: 'read' },
      image: { contents: 'read', packages: 'write', 'id-token': 'write', attestations: 'write' },
    });
    const checkouts = Object.values(jobs).flatMap(({ steps }) =>
      steps.filter((step) => step.uses?.startsWith('actions/checkout@')),
    );
    for (const step of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': false });
    for (const [name, job] of Object.entries(jobs)) expect(job['timeout-minutes'], name).toBeGreaterThan(0);
    expect(concurrency['cancel-in-progress']).toContain('pull_request');
  });

  it('[B79] tests in a matrix', () => {
    expect(jobs.test?.strategy?.matrix).toEqual({ os: ['ubuntu-24.04', 'windows-2025'], node: [22, 24] });
  });

  it('[B80] lints, checks types and caches what it installs', () => {
    const commands = jobs.lint?.steps.flatMap(({ run = '' }) => run).join('\n');
    expect(commands).toMatch(/eslint[\s\S]*tsc --noEmit/);
    for (const job of ['lint', 'test']) expect(stepOf(job, 'actions/setup-node')?.with).toMatchObject({ cache: 'npm' });
    expect(uses('gates')).toContain('actions/cache/restore');
  });

  it('[B81] [B82] scans with Trivy and Grype, and reads what both found', () => {
    expect(uses('security')).toEqual(expect.arrayContaining(['aquasecurity/trivy-action', 'anchore/scan-action']));
    const { format, output } = stepOf('security', 'aquasecurity/trivy-action')?.with ?? {};
    const grype = stepOf('security', 'anchore/scan-action')?.with ?? {};
    expect([format, grype['output-format']]).toEqual(['sarif', 'json']);
    expect(stepOf('security', 'acme/selfheal')?.with).toMatchObject({
      task: 'report',
      reports: `${output}, ${grype['output-file']}`,
    });
  });

  it('[B83] [B85] attests the SBOM and the provenance, and signs with Cosign', () => {
    expect(uses('image')).toEqual(
      expect.arrayContaining([
        'anchore/sbom-action',
        'actions/attest-sbom',
        'actions/attest-build-provenance',
        'sigstore/cosign-installer',
      ]),
    );
    const sbom = stepOf('image', 'anchore/sbom-action')?.with ?? {};
    const image = stepOf('image', 'docker/build-push-action');
    expect(image?.id).toBe('build');
    // Of the image that was built, by its digest, and the file that was written.
    const value = (expression: string): string => `\${{ ${expression} }}`;
    const subject = { 'subject-name': value('env.IMAGE'), 'subject-digest': value('steps.build.outputs.digest') };
    expect(sbom.image).toBe(`${subject['subject-name']}@${subject['subject-digest']}`);
    expect(stepOf('image', 'actions/attest-sbom')?.with).toEqual({
      ...subject,
      'sbom-path': sbom['output-file'],
      'push-to-registry': true,
    });
    expect(stepOf('image', 'actions/attest-build-provenance')?.with).toEqual({ ...subject, 'push-to-registry': true });
    const signing = jobs.image?.steps.at(-1);
    expect(signing?.env).toEqual({ DIGEST: subject['subject-digest'] });
    expect(signing?.run).toBe('cosign sign --yes "$IMAGE@$DIGEST"');
    expect(stepOf('image', 'docker/build-push-action')?.with).toMatchObject({ provenance: 'mode=max' });
  });

  it('[B84] builds and pushes images for several architectures, for CPU and for CUDA, each with its base and under its name', () => {
    const legs = (jobs.image?.strategy?.matrix.include ?? []) as readonly Readonly<Record<string, string>>[];
    const build = stepOf('image', 'docker/build-push-action')?.with ?? {};
    const inputsFor = (leg: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
      Object.fromEntries(
        Object.entries(build).map(([name, value]) => [
          name,
          `${value}`.replace(/\$\{\{ matrix\.(\w+) \}\}/g, (_, key: string) => leg[key] ?? `no matrix.${key}`),
        ]),
      );
    expect(legs.map(inputsFor)).toMatchObject([
      {
        platforms: 'linux/amd64,linux/arm64',
        'build-args': expect.stringMatching(/^BASE=docker\.io\/library\/debian:/),
        tags: expect.stringMatching(/-cpu$/),
        push: 'true',
      },
      {
        platforms: 'linux/amd64',
        'build-args': expect.stringMatching(/^BASE=docker\.io\/nvidia\/cuda:/),
        tags: expect.stringMatching(/-cuda$/),
        push: 'true',
      },
    ]);
    const steps = uses('image');
    for (const setUp of ['docker/setup-qemu-action', 'docker/setup-buildx-action', 'docker/login-action'])
      expect(steps.indexOf(setUp), setUp).toBeGreaterThan(-1);
    expect(steps.indexOf('docker/setup-qemu-action')).toBeLessThan(steps.indexOf('docker/build-push-action'));
    // The Dockerfile is the reader's own: the kit says what it has to begin with.
    expect(TEXT).toMatch(/# .*`ARG BASE` and `FROM \$BASE`/);
    expect(steps.indexOf('docker/build-push-action')).toBeGreaterThan(steps.indexOf('docker/setup-buildx-action'));
  });

  it.each([
    ['ARG BASE\nFROM $BASE\n', 0],
    [`ARG BASE=debian:trixie-slim\nFROM --platform=$TARGETPLATFORM \${BASE} AS app\n`, 0],
    [`arg BASE\nfrom \${BASE:-debian}\n`, 0],
    ['FROM debian:trixie-slim\n', 1],
    ['ARG BASE\nFROM $BASEMENT\n', 1],
    ['ARG BASEMENT\nFROM $BASE\n', 1],
    [null, 1],
  ])(
    '[B84] builds no image twice from a Dockerfile that ignores its base, and names one in small letters: %j',
    (dockerfile, code) => {
      const folder = mkdtempSync(join(tmpdir(), 'selfheal-image-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      if (dockerfile !== null) writeFileSync(join(folder, 'Dockerfile'), dockerfile);
      const run = jobs.image?.steps.find(({ name }) => name?.startsWith('Name the image'))?.run ?? 'exit 9';
      const variables = join(folder, 'variables');
      const { status, stdout } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, GITHUB_ENV: variables, GITHUB_REPOSITORY: 'Acme/Shop.Web' },
      });
      expect([status, stdout.includes('::error file=Dockerfile::')]).toEqual([code, code === 1]);
      expect(readFileSync(variables, 'utf8')).toBe('IMAGE=ghcr.io/acme/shop.web\n');
    },
  );

  it('[B86] puts the coverage of all legs together and looks at what the cache held', () => {
    expect(stepOf('gates', 'acme/selfheal')?.with?.reports).toContain('in/**/lcov.info');
    expect(jobs.gates?.steps.find(({ name }) => name === 'Cache forensics')?.run).toContain('sha256sum');
  });

  it('[B87] runs daily, for pull requests and for pushes', () => {
    expect(Object.keys(on).sort()).toEqual(['pull_request', 'push', 'schedule']);
    expect(on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) }]);
  });

  it('[B6] runs triage and feedback whatever the jobs before them did', () => {
    expect(jobs.triage).toMatchObject({ needs: ['lint', 'test', 'security'], if: expect.stringContaining('always()') });
    expect(jobs.feedback?.if).toContain('always()');
    expect(Object.keys(jobs.triage?.outputs ?? {})).toEqual([
      'fix_confidence',
      'has_flaky_tests',
      'triage_summary',
      'hand_over',
    ]);
  });

  it('[B88] adds Selfheal: no job of the build waits for a job of it', () => {
    const base = Object.entries(jobs).filter(([name]) => !OURS.includes(name));
    expect(base.map(([name]) => name)).toEqual(['lint', 'test', 'security', 'image']);
    for (const [name, { needs = [] }] of base)
      expect(
        [needs].flat().filter((one) => OURS.includes(one)),
        name,
      ).toEqual([]);
  });

  it('[B92] [B93] measures the run of a pull request, beside those of the default branch, before it writes the comment', () => {
    expect(stepOf('feedback', 'acme/selfheal')?.with).toMatchObject({
      task: 'metrics, feedback',
      state: stepOf('metrics', 'acme/selfheal')?.with?.state,
    });
    expect(stepOf('feedback', 'actions/cache/restore')?.with).toEqual(stepOf('metrics', 'actions/cache/restore')?.with);
  });

  it('names only tasks that the Action has', () => {
    const tasks = Object.values(jobs)
      .flatMap(({ steps }) => steps.filter((step) => step.uses?.startsWith('acme/selfheal@')))
      .flatMap((step) => String(step.with?.task).split(', '));
    expect(tasks.filter((task) => !Object.hasOwn(TASKS, task))).toEqual([]);
    // Coverage by test is what Vitest, which the kit runs, does not write.
    const others = Object.keys(TASKS).filter((task) => task !== 'record-tests');
    expect([...new Set(tasks)].sort()).toEqual(others.sort());
  });
});
