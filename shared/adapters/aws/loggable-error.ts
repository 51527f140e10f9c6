import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redact, redactName } from '@selfheal/redaction/redact.ts';
import { sourceFrames } from './source-frames.ts';

/** The part of an error that may be logged. */
export interface LoggableError {
  readonly name: RedactedText;
  /** Omitted where it may quote what was sent or read. */
  readonly message?: RedactedText;
  /** Of an HTTP answer. */
  readonly status?: number;
  /** Where it was thrown, one frame a line, by file and line of the source. */
  readonly stack?: RedactedText;
  readonly cause?: LoggableError;
}

const MAX_NAME = 80;
const MAX_MESSAGE = 1_000;
const MAX_FRAMES = 12;
const MAX_DEPTH = 4;

/**
 * Errors of SDKs contain the request and the answer: comments, files, branches. Only an error's name, place and causes
 * are logged, and its message unless it may quote outside text.
 */
export function loggableError(error: unknown, depth = 0): LoggableError {
  if (!(error instanceof Error)) return { name: redactName(typeof error, MAX_NAME) };
  const { name, message, stack = '', cause } = error;
  const status = 'status' in error && typeof error.status === 'number' ? error.status : null;
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name: redactName(name, MAX_NAME),
    ...(mayQuote(error) ? {} : { message: redact(message).text.slice(0, MAX_MESSAGE) }),
    ...(status === null ? {} : { status }),
    ...(frames.length === 0 ? {} : { stack: redact(sourceFrames(frames.slice(0, MAX_FRAMES)).join('\n')).text }),
    ...(cause === undefined || depth >= MAX_DEPTH ? {} : { cause: loggableError(cause, depth + 1) }),
  };
}

/** A parser quotes what it could not read; a failed request quotes its address and answer. */
function mayQuote(error: Error): boolean {
  return error instanceof SyntaxError || 'request' in error || 'response' in error || 'status' in error;
}
