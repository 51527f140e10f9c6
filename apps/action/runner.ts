import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where in a file an annotation belongs. Lines begin with 1. */
interface Place {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly endLine?: number | undefined;
}

export interface Annotation extends Place {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** GitHub shows at most ten annotations of each level for one step, and cuts off long ones. */
const MAX_ANNOTATIONS = 10;
const MAX_MESSAGE_LENGTH = 4_000;
/** A step's summary may have 1 MiB; GitHub drops a larger one whole. */
const MAX_SUMMARY_BYTES = 1_000_000;

/**
 * What a step tells the runner of GitHub Actions: plain text and commands on standard output, outputs and summary in files whose names are in
 * the environment. Where such a variable is missing (another runner, a laptop), the text is printed instead.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export interface Runner {
  /** Prints lines. Workflow commands in them are made harmless, because texts of reports are printed, too. */
  say(text: string): void;
  annotate(annotation: Annotation): void;
  /** Keeps the runner from printing this value in any log. */
  mask(secret: string): void;
  setOutput(name: string, value: string): Promise<void>;
  /** Adds Markdown to the summary of the job. */
  summarize(markdown: string): Promise<void>;
}

export function makeRunner(environment: Environment, write: (text: string) => void): Runner {
  const shown = new Map<Annotation['level'], number>();
  const say = (text: string): void => write(`${withoutCommands(text)}\n`);
  return {
    say,
    annotate({ level, title, message, file, line, endLine }) {
      const count = (shown.get(level) ?? 0) + 1;
      shown.set(level, count);
      if (count > MAX_ANNOTATIONS) return say(`${level}: ${title}: ${message}`);
      const properties = { title, file, line, endLine };
      const given = Object.entries(properties).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
      );
      write(`::${level} ${given.join(',')}::${escapeData(message.slice(0, MAX_MESSAGE_LENGTH))}\n`);
    },
    mask(secret) {
      if (secret.trim() !== '') write(`::add-mask::${escapeData(secret)}\n`);
    },
    async setOutput(name, value) {
      const { GITHUB_OUTPUT: path } = environment;
      if (!path) return say(`output ${name}: ${value}`);
      // Only who knows the delimiter could end the value early.
      const delimiter = `selfheal_${randomUUID()}`;
      await appendFile(path, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
    },
    async summarize(markdown) {
      const { GITHUB_STEP_SUMMARY: path } = environment;
      if (!path) return say(markdown);
      const bytes = Buffer.from(`${markdown}\n`);
      const cut = '\n\nThe rest is left out: a summary has at most 1 MB.\n';
      await appendFile(
        path,
        bytes.length <= MAX_SUMMARY_BYTES ? bytes : `${bytes.toString('utf8', 0, MAX_SUMMARY_BYTES)}${cut}`,
      );
    },
  };
}

/** A zero-width space keeps the runner from reading `::command::` at the beginning of a line, or `##[command]` anywhere. */
const withoutCommands = (text: string): string =>
  text.replaceAll(/^(\s*):(?=:)/gm, '$1\u200b:').replaceAll('##[', '#\u200b#[');

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/**
 * The value of an input as the runner passes it on: `fail-on` in `INPUT_FAIL-ON`. Empty when it is not given; where the runner knows no hyphens
 * in names (`env` of a shell step), `INPUT_FAIL_ON` is read, too.
 */
export function inputOf(environment: Environment, name: string): string {
  const variable = `INPUT_${name.toUpperCase()}`;
  return (environment[variable] ?? environment[variable.replaceAll('-', '_')] ?? '').trim();
}
