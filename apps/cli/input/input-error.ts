import { UsageError } from '../command.ts';

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file: check the path.',
  ENOTDIR: 'there is no such file: check the path.',
  EACCES: 'it may not be read: check its permissions.',
  EPERM: 'it may not be read: check its permissions.',
  EISDIR: 'it is a folder: name the files in it.',
};

const GZIP_REASONS: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'its gzip data breaks off: the file is truncated, fetch it again.',
  Z_DATA_ERROR: 'its gzip data is damaged: fetch the file again.',
};

/** What reading a file failed with, as one line that names the file and the way out; other errors come back as they are. */
export function inputError(name: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const reason = SYSTEM_REASONS[code] ?? GZIP_REASONS[code];
  return reason === undefined ? error : new UsageError(`${name}: ${reason}`);
}
