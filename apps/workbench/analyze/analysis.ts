/** A job of the run that failed. Names come from the workflow file; secrets in them are removed. */
export interface FailedJob {
  name: string;
  url: string | null;
  /** The first failed step; null when GitHub names none. */
  failedStep: string | null;
  /** Whether its log was read; only selected jobs are. */
  analysed: boolean;
}

/** A line of a log that explains the failure, without secrets. */
export interface CitedLine {
  /** By which `rootCause` and `fix` cite it: `L12`. */
  ref: string;
  job: string;
  /** Line number in the job's log, from 1. */
  line: number;
  text: string;
}

/** Whether the comment was posted, and why not. */
export type Posting =
  /** `changed`: `created`, `updated`, or `unchanged` because the comment said the same already. */
  | { kind: 'posted'; url: string; changed: 'created' | 'updated' | 'unchanged' }
  /** Nobody asked for it (`post`). */
  | { kind: 'not-asked' }
  | { kind: 'dry-run' }
  /** The run belongs to no pull request. */
  | { kind: 'no-pull-request' }
  /** The existing comment is about a newer run of the workflow, so it was not changed. */
  | { kind: 'newer-comment' }
  /** GitHub refused it, or could not be reached; `reason` says what to mend. */
  | { kind: 'failed'; reason: string };

/** The analysed run. */
export interface AnalysedRun {
  /** `owner/name`. */
  repository: string;
  runId: number;
  attempt: number;
  workflow: string;
  url: string;
  pullRequest: number | null;
}

/** Nothing failed, so there is nothing to analyse. */
export interface NothingFailed {
  outcome: 'nothing-failed';
  repository: string;
  /** One sentence. */
  message: string;
}

/** The analysis of a failed run. Secrets are removed from all texts. */
export interface FailureAnalysis {
  outcome: 'analysed';
  run: AnalysedRun;
  /** Other failed runs of the pull request, which were not analysed. */
  otherFailedRuns: number[];
  jobs: FailedJob[];
  /** One of the failure classes: `test_failure`, `network_connectivity`, ... */
  class: string;
  /** `infrastructure`, `application`, `testing`, `security`, `code` or `unknown`. */
  family: string;
  verdict: 'flaky' | 'regression' | 'infrastructure' | 'unknown';
  /** 0 to 1: how sure the root cause is. */
  confidence: number;
  /** `rules`: the built-in ones; `knowledge`: written advice for this very failure. */
  source: 'rules' | 'model' | 'knowledge';
  rootCause: string;
  /** Empty when none is known. */
  fix: string;
  prevention: string;
  evidence: CitedLine[];
  /** What could not be read or checked. */
  notes: string[];
  /** What the language model cost, or why the rules made the diagnosis in its place; null when none was asked for. */
  modelNote: string | null;
  /** The Markdown that is posted on the pull request. */
  comment: string;
  /** The same for a terminal. */
  text: string;
  posting: Posting;
}

export type RunAnalysis = FailureAnalysis | NothingFailed;

/** The failure in a log, as built-in rules classify it. */
export interface ParsedLog {
  /** One of the failure classes; `unknown` if no rule matches. */
  class: string;
  family: string;
  verdict: 'flaky' | 'regression' | 'infrastructure' | 'unknown';
  /** 0 to 1. */
  confidence: number;
  /** Id of the signature that decided; null when none did. */
  signature: string | null;
  /** Names of the tests that the log reports as failed. */
  failedTests: string[];
  /** The lines that explain the failure best, without secrets, with their numbers in the log, from 1. */
  lines: { line: number; text: string; decided: boolean }[];
}

export interface ParseOptions {
  /** A folder with signatures of your own (`*.yaml`, `*.yml`, `*.json`), which decide like the built-in ones. */
  signatures?: string;
  /** Receives one line for each signature that is not valid and was left out. */
  warn?: (line: string) => void;
}

/** Which run to analyse, and what to do with the result. One of `run`, `pullRequest`, `latest` and `url` is required. */
export interface AnalyzeOptions {
  /** `owner/name`; by default `GITHUB_REPOSITORY`, or what `url` says. */
  repository?: string;
  /** Id of a workflow run. With `pullRequest`, the comment goes there. */
  run?: number;
  /** The newest failed run on the newest commit of this pull request. */
  pullRequest?: number;
  /** The newest failed run of the repository. */
  latest?: boolean;
  /** Address of a run, a job or a pull request, as the browser shows it. */
  url?: string;
  /** Names of the jobs to analyse; by default the failed ones among `Backend Tests` and `Critical Security Checks`, otherwise every failed job. */
  jobs?: readonly string[];
  /** Writes the comment on the pull request, or edits the one that is there. Default: false. */
  post?: boolean;
  /** Never writes anything, whatever `post` says. Default: what `DRY_RUN` of the environment says. */
  dryRun?: boolean;
  /**
   * `rules`, `ollama`, `anthropic`, `openai`, `openai-responses`, `bedrock`, or the name of a model; by default the one that the environment
   * configures (`AI_API_KEY`, `AI_MODEL`, `OLLAMA_URL`, ...), else the rules. Its address and key come from the environment.
   */
  model?: string;
  /** Where tokens, keys and addresses are read from. Default: `process.env`. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Receives one line for each thing worth knowing that is not part of the result. */
  warn?: (line: string) => void;
  /** Receives lines about each step: what was read, and how long it took. */
  debug?: (line: string) => void;
}

/** Which Ollama is asked. */
export interface OllamaOptions {
  /** `OLLAMA_URL`, or http://127.0.0.1:11434, by default. */
  url?: string;
  /** `OLLAMA_MODEL`, or qwen2.5-coder, by default. */
  model?: string;
  /** 240 by default: a machine without a graphics card takes minutes. */
  timeoutSeconds?: number;
  /** `process.env` by default. */
  environment?: Readonly<Record<string, string | undefined>>;
}
