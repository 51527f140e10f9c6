import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { lazy } from '@selfheal/kernel/lazy.ts';
import { openInput, textOf } from '#apps/workbench/input/open-input.ts';
import { shippedModel, shippedRecall, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { searchKnowledge } from '#shared/app/knowledge/search-knowledge.ts';
import type { Advice, LogDesk, RunTriage } from '#shared/app/mcp/contract.ts';
import { McpToolError } from '#shared/app/mcp/contract.ts';
import type { Triage } from '#shared/app/triage/triage-failures.ts';
import { type TriageRequestDeps, triageLogs } from '#shared/app/triage/triage-request.ts';

/** Characters of a file; larger ones are for `selfheal log triage`, which reads them in pieces. */
const MAX_FILE_CHARACTERS = 50_000_000;
const MAX_LINES = 6;

/** Bad usage of a command is an answer of a tool here. */
async function asAnswer<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) throw new McpToolError(error.message);
    throw error;
  }
}

async function readWhole(path: string, terminal: Terminal): Promise<string> {
  if (path === '-') throw new McpToolError('path: standard input carries the protocol. Name a file.');
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of textOf(await openInput(path, terminal))) {
    pieces.push(piece);
    length += piece.length;
    if (length > MAX_FILE_CHARACTERS)
      throw new McpToolError(
        `path: the log is longer than ${MAX_FILE_CHARACTERS} characters. Run "selfheal log triage", which reads it in pieces.`,
      );
  }
  return pieces.join('');
}

/** Logs of this machine, runs of GitHub (GITHUB_TOKEN), and the shipped advice. What they need is loaded at the first call. */
export function makeLogDesk(terminal: Terminal): LogDesk {
  const { say, now } = terminal;
  const recall = lazy(() => shippedRecall(say));
  const deps = lazy(async (): Promise<TriageRequestDeps> => {
    const [signatures, model, found] = await Promise.all([shippedSignatures(say), shippedModel(say), recall()]);
    return {
      signatures,
      model: async () => model,
      recall: found,
      experience: { actionOutcomes: async () => [] },
      actions: [],
      configuration: { services: [] },
      clock: systemClock,
    };
  });
  return {
    readFile: (path) => asAnswer(() => readWhole(path, terminal)),
    triage: async (text) => triageLogs(text, { service: null, scopes: [] }, await deps()),
    triageRun: terminal.environment.GITHUB_TOKEN ? (url) => asAnswer(() => readRun(url, terminal)) : null,
    search: async (text, limit): Promise<readonly Advice[]> =>
      searchKnowledge({ text, scope: '', limit, now: new Date(now()) }, { recall: await recall() }),
  };
}

async function readRun(url: string, terminal: Terminal): Promise<RunTriage | null> {
  const [{ triageContent }, { triageRun }] = await Promise.all([
    import('#apps/workbench/triage/triage-output.ts'),
    import('#apps/workbench/triage/triage-run.ts'),
  ]);
  const found = await triageRun({ url }, await triageContent(terminal), terminal);
  if (found === null) return null;
  const { repository, runId, triages } = found;
  return { repository, runId, jobs: triages.filter(({ failed }) => failed).map(jobOf) };
}

const jobOf = (triage: Triage): RunTriage['jobs'][number] => ({
  job: triage.file,
  class: triage.class,
  verdict: triage.verdict,
  confidence: triage.confidence,
  cause: triage.root_cause,
  steps: triage.recommended_actions,
  evidence: triage.errors.slice(0, MAX_LINES).map(({ lines, example }) => ({ line: lines[0] ?? 1, text: example })),
  tests: triage.tests,
});
