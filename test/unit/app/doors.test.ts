import { Refused } from '@selfheal/kernel/errors.ts';
import { jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loggableError } from '#shared/adapters/aws/loggable-error.ts';
import { makeGithubCodeReader } from '#shared/adapters/github/code-reader.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { openIncident } from '#shared/domain/incident/open-incident.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import { parseReply } from '#shared/plugins/llm/protocol/reply.ts';
import { renderMail } from '#shared/plugins/notifiers/common/mail/mail.ts';
import { renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import { cloudwatch } from '#shared/plugins/sources/cloudwatch/index.ts';
import { translateWebhook } from '#shared/plugins/sources/contract.ts';
import { github } from '#shared/plugins/sources/github/index.ts';
import { aReport, aResolvedStory } from '#test/builders/index.ts';
import { fakeClock } from '#test/fakes/index.ts';
import { type ScriptedServer, startServer } from '../adapters/github/scripted-server.ts';
import { request } from '../plugins/llm/diagnosis-rig.ts';
import { anAlarmEvent, aWorkflowRunBody } from '../plugins/sources/deliveries.ts';
import { aGatherRig, archiveOf, JOBS } from './gather-rig.ts';

/** Made here of random characters, and put together here, so that nothing takes them for real ones. */
const letters = (count: number) => fc.stringMatching(new RegExp(`^[A-Za-z0-9]{${count}}$`));
const token = letters(36)
  .filter((text) => /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && new Set(text).size > 16)
  .map((text) => ['ghp', text].join('_'));
const key = fc
  .array(fc.stringMatching(/^[A-Za-z0-9+/]{64}$/), { minLength: 4, maxLength: 24 })
  .map((lines) => [['-----BEGIN RSA PRIVATE', 'KEY-----'].join(' '), ...lines, '-----END RSA PRIVATE KEY-----']);
const FILLER = 'some words ';
/** How far before the limits of length a secret begins. */
const offset = fc.integer({ min: 0, max: 330 }).map((count) => FILLER.repeat(40).slice(0, count).trimEnd());
const OPTIONS = { numRuns: 60 };

/** Pieces of 8 characters of the secrets that stand in what was kept. */
function leaksIn(kept: unknown, ...secrets: readonly string[]): string[] {
  const text = typeof kept === 'string' ? kept : JSON.stringify(kept);
  return secrets.flatMap((secret) => {
    const pieces = Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8));
    return pieces.filter((piece) => text.includes(piece)).slice(0, 1);
  });
}
/** Without what every token begins with. */
const bare = (secret: string): string => secret.replace(/^ghp_/, '');

describe('a secret that arrives', () => {
  it('in the title, the workflow and the branch of a run is in no signal, incident, comment or mail', () => {
    fc.assert(
      fc.property(token, token, token, offset, (title, workflow, branch, before) => {
        const run = {
          display_title: `${before} ${title} and more`,
          name: `CI ${before.slice(0, 100)} ${workflow}`,
          head_branch: `feature/${branch}`,
        };
        const headers = { 'x-github-event': 'workflow_run', 'x-github-delivery': 'd-1' };
        const result = translateWebhook(github, { headers, body: aWorkflowRunBody({ run }), receivedAt: new Date(0) });
        if (result.kind !== 'signal') throw new Error(result.kind);
        const signal = Signal.parse(JSON.parse(JSON.stringify(result.signal)));
        const incident = openIncident(signal, identify(signal), new Date(0));
        const story = aResolvedStory({ incident });
        const { subject, message } = renderMail('Resolved', null, story);
        const kept = JSON.stringify([result, signal, incident, subject, message, renderComment(story)]);
        expect(leaksIn(kept, ...[title, workflow, branch].map(bare))).toEqual([]);
      }),
      OPTIONS,
    );
  });

  it('in the name or the reason of an alarm is in no signal', () => {
    fc.assert(
      fc.property(token, key, offset, (secret, lines, before) => {
        const state = { reason: `${before}\n${lines.join('\n')}\n${secret}` };
        const result = cloudwatch.toSignal(anAlarmEvent({ state }));
        expect(result.kind).toBe('signal');
        expect(leaksIn(result, bare(secret), ...lines.slice(1, -1))).toEqual([]);
      }),
      OPTIONS,
    );
  });

  it('in the name of a job or a step, or in the logs, is in no evidence, telemetry or log line', async () => {
    await fc.assert(
      fc.asyncProperty(token, token, key, async (inName, inStep, lines) => {
        const name = `build ${inName}`;
        const jobs = [{ ...JOBS[0], name: jobNameOf(name), failedStep: redactName(inStep, 200) }] as typeof JOBS;
        const log = [...lines, 'FAILED tests/test_cart.py::test_total - assert 1 == 2', 'error: it broke'];
        const rig = await aGatherRig({
          codeHost: { listJobs: async () => jobs },
          archives: archiveOf({ [name]: `${log.join('\n')}\n` }),
        });
        const answer = await rig.run();
        const { id } = rig.incident;
        const kept = [answer, await rig.evidence.getEvidence(id), await rig.evidence.getTelemetry(id), rig.log.entries];
        expect(leaksIn([jobs, kept], bare(inName), bare(inStep), ...lines.slice(1, -1))).toEqual([]);
      }),
      OPTIONS,
    );
  });

  it('in the reply of a model is in no diagnosis, however long the reply is', () => {
    fc.assert(
      fc.property(token, key, fc.integer({ min: 100, max: 2600 }), (secret, lines, length) => {
        const long = `${FILLER.repeat(240).slice(0, length)} ${secret}\n${lines.join('\n')}`;
        const suggestions = [{ title: long, file: `src/${secret}.ts`, code: long, evidence: ['L1'] }];
        const findings = [{ claim: long, evidence: ['L1'] }];
        const report = aReport({ summary: long, rootCause: long, fix: long, prevention: long, unchecked: [long] });
        const parsed = parseReply({ ...report, suggestions, findings }, request, request.lines);
        expect(parsed.kind).toBe('valid');
        expect(leaksIn(parsed, bare(secret), ...lines.slice(1, -1))).toEqual([]);
      }),
      OPTIONS,
    );
  });

  it('in an error of a client is in no log line, nor is what was asked or answered', () => {
    fc.assert(
      fc.property(token, (secret) => {
        const url = `https://api.github.com/repos/acme/shop/git/ref/heads/feature-${secret}`;
        const failed = Object.assign(new Error(`Not Found: ${url} feature/checkout-page`), {
          name: 'HttpError',
          status: 404,
          request: { url, body: `a comment with ${secret}` },
          response: { data: { message: secret } },
        });
        let broken: unknown;
        try {
          JSON.parse(`{"token": "${secret}" oops`);
        } catch (error) {
          broken = error;
        }
        const said = new Refused(`Refused, with the token ${secret}.`, { cause: failed });
        const logged = JSON.stringify([loggableError(said), loggableError(broken), loggableError(secret)]);
        expect(leaksIn(logged, bare(secret), 'checkout-page', 'a comment with')).toEqual([]);
        expect(loggableError(said)).toMatchObject({ name: 'Refused', cause: { name: 'HttpError', status: 404 } });
        expect(loggableError(said).stack).toContain('.test.ts');
      }),
      OPTIONS,
    );
  });
});

describe('a secret in the change under test', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('is in no path, diff or title that the code host gives', async () => {
    const options = { apiUrl: server.url, token: async () => 'test-token', clock: fakeClock() };
    const reader = makeGithubCodeReader(options);
    const sha = 'a'.repeat(40);
    await fc.assert(
      fc.asyncProperty(token, key, async (secret, lines) => {
        const patch = ['@@ -1 +1,9 @@', ...lines.map((line) => `+${line}`)].join('\n');
        const file = { filename: `keys/${secret}.pem`, status: 'added', additions: 9, deletions: 0, patch };
        const commit = { message: `Add ${secret}\n\n${secret}`, author: null };
        server.on(`GET /repos/acme/shop/commits/${sha}`, { json: { sha, files: [file] } });
        server.on('GET /repos/acme/shop/commits', { json: [{ sha, commit, author: null }] });
        const files = await reader.changedFiles('acme/shop', { sha, pullRequest: null });
        const [first] = files;
        if (first === undefined) throw new Error('There is no file.');
        const commits = await reader.commitsOf('acme/shop', sha, first.path, 3);
        expect(leaksIn([files, commits], bare(secret), ...lines.slice(1, -1))).toEqual([]);
        expect(new URL(server.requests.at(-1)?.url ?? '', server.url).searchParams.get('path')).toBe(file.filename);
      }),
      { numRuns: 20 },
    );
  });
});
