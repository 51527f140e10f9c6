import { FailureClass, Verdict } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { LogTriage } from '../../triage/log-answers.ts';
import { apiOf, defineTool, EvidenceLine, McpToolError, Outside, outside, parsed } from '../contract.ts';

/** Longer texts are refused: the server reads a log whole. */
const MAX_LOG_CHARACTERS = 3_000_000;
const MAX_LISTED = 20;

const shownLines = (lines: readonly { readonly line: number; readonly text: string }[]) =>
  lines.slice(0, MAX_LISTED).map(({ line, text }) => ({ line, text: outside(text) }));

const triageLog = defineTool({
  name: 'triage_log',
  title: 'Triage a log',
  description:
    'Why a log fails: class, verdict (flaky, regression, infrastructure, unknown), confidence, cause, the lines that decided with their numbers, ' +
    'unusual lines and advice. Give either `text` or, to a server on this machine, `path`. Nothing is kept.',
  kind: 'read',
  needs: () => true,
  input: {
    text: z.string().min(1).max(MAX_LOG_CHARACTERS).optional().meta({ description: 'The log itself.' }),
    path: z.string().min(1).max(4000).optional().meta({ description: 'A log file beside the server.' }),
  },
  output: {
    failed: z.boolean().meta({ description: 'False for a log in which no line reports a failure.' }),
    class: FailureClass,
    verdict: Verdict,
    confidence: z.number(),
    signature: z.string().nullable(),
    cause: Outside,
    advice: z.array(Outside).readonly(),
    evidence: z.array(EvidenceLine).readonly().meta({ description: 'The lines that decided.' }),
    anomalies: z.array(EvidenceLine.extend({ score: z.number() })).readonly(),
    similar: z.array(z.object({ id: z.string(), score: z.number(), what: Outside, resolution: Outside })).readonly(),
  },
  async run({ text, path }, ports, { signal, progress }) {
    if ((text === undefined) === (path === undefined)) throw new McpToolError('Give either text or path.');
    const readFile = ports.logs?.readFile ?? null;
    if (path !== undefined && readFile === null)
      throw new McpToolError(
        'path: this server sees no files of yours. Pass the log as text, its last 3,000,000 characters at most.',
      );
    await progress(1, 3, 'Reading the log');
    const log = text ?? (await (readFile as NonNullable<typeof readFile>)(path ?? ''));
    await progress(2, 3, 'Looking for the cause');
    const found =
      ports.logs === null
        ? parsed(LogTriage, await apiOf(ports).ask('/api/logs/analyze', { logs: log }, signal))
        : await ports.logs.triage(log, signal);
    const { root_cause: cause, anomalies, similar_incidents: similar } = found;
    await progress(3, 3, 'Done');
    return {
      failed: cause.failed,
      class: cause.class,
      verdict: cause.verdict,
      confidence: cause.confidence,
      signature: cause.signature,
      cause: outside(cause.cause, 800),
      advice: [cause.fix, cause.prevention].filter((one) => one !== '').map((one) => outside(one, 600)),
      evidence: shownLines(cause.evidence).slice(0, 8),
      anomalies: anomalies.slice(0, 5).map(({ line, score, text: at }) => ({ line, score, text: outside(at, 200) })),
      similar: similar.slice(0, 3).map(({ id, score, summary, resolution }) => ({
        id,
        score,
        what: outside(summary, 200),
        resolution: outside(resolution, 300),
      })),
    };
  },
});

const triageRun = defineTool({
  name: 'triage_run',
  title: 'Triage a CI run',
  description:
    'Why a GitHub Actions run failed: each failed job with its cause, verdict, deciding lines and failed tests. Takes the address of the run. ' +
    'The server reads it with its own GITHUB_TOKEN.',
  kind: 'read',
  needs: ({ logs }) => logs?.triageRun != null,
  input: { url: z.url().max(500).meta({ description: 'https://github.com/OWNER/NAME/actions/runs/ID' }) },
  output: {
    repository: Outside,
    runId: z.number().int().nullable().meta({ description: 'Null: nothing failed.' }),
    jobs: z
      .array(
        z.object({
          job: Outside,
          class: FailureClass,
          verdict: Verdict,
          confidence: z.number(),
          cause: Outside,
          advice: z.array(Outside).readonly(),
          evidence: z.array(EvidenceLine).readonly(),
          tests: z.array(Outside).readonly(),
        }),
      )
      .readonly(),
  },
  rows: 'jobs',
  async run({ url }, { logs }, { signal, progress }) {
    await progress(1, 2, 'Reading the run');
    const found = (await logs?.triageRun?.(url, signal)) ?? null;
    await progress(2, 2, 'Done');
    return {
      repository: outside(found?.repository ?? ''),
      runId: found?.runId ?? null,
      jobs: (found?.jobs ?? []).map(({ job, cause, steps, evidence, tests, ...facts }) => ({
        job: outside(job, 200),
        class: facts.class,
        verdict: facts.verdict,
        confidence: facts.confidence,
        cause: outside(cause, 600),
        advice: steps.slice(0, 3).map((step) => outside(step)),
        evidence: shownLines(evidence).slice(0, 6),
        tests: tests.slice(0, MAX_LISTED).map((test) => outside(test, 200)),
      })),
    };
  },
});

const Found = z.object({
  results: z.array(z.object({ id: z.string(), title: z.string(), score: z.number(), resolution: z.string() })),
});

const searchPast = defineTool({
  name: 'search_past',
  title: 'Search past incidents and advice',
  description:
    'Past incidents, taught patterns and written advice for an error message or a question, best first. Not signed in: the written advice alone.',
  kind: 'read',
  needs: () => true,
  input: {
    query: z.string().trim().min(2).max(2000).meta({ description: 'An error message, or words.' }),
    scope: z
      .string()
      .trim()
      .min(3)
      .max(400)
      .optional()
      .meta({ description: 'owner/name, service:NAME or the name of an alarm; only signed in.' }),
  },
  output: {
    results: z.array(z.object({ id: z.string(), score: z.number(), title: Outside, resolution: Outside })).readonly(),
  },
  rows: 'results',
  async run({ query, scope }, ports, { signal }) {
    if (scope !== undefined && ports.api === null)
      throw new McpToolError(
        'scope: needs a sign-in. Leave it out, or run "selfheal login --url URL" and start the server again.',
      );
    const results =
      ports.api !== null || ports.logs === null
        ? parsed(Found, await apiOf(ports).get('/api/knowledge/search', { query, scope, limit: '20' }, signal)).results
        : await ports.logs.search(query, 20, signal);
    return {
      results: results.map(({ id, title, score, resolution }) => ({
        id,
        score,
        title: outside(title, 300),
        resolution: outside(resolution, 1000),
      })),
    };
  },
});

export const LOG_TOOLS = [triageLog, triageRun, searchPast];
