const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** SQLite's codes for a full disk (`SQLITE_FULL`) and for a write that the operating system refused. */
const SQLITE_FULL = 13;
const SQLITE_IOERR_WRITE = 778;

/** Whether an error means that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code, errcode } = at as { code?: unknown; errcode?: unknown };
    if (typeof code === 'string' && NO_SPACE.has(code)) return true;
    if (errcode === SQLITE_FULL || errcode === SQLITE_IOERR_WRITE) return true;
    if (/ENOSPC|no space left|database or disk is full/i.test(at.message)) return true;
  }
  return false;
}

/**
 * Keeps the process alive when work in the background finds the disk full. Accepted work stays on disk and continues when there is
 * room, or at the next start. Any other uncaught error ends the process as usual.
 */
export function outliveFullDisk(write: (line: string) => void): void {
  let lastAt = 0;
  const onFault = (error: unknown) => {
    if (!isDiskFull(error)) {
      console.error(error);
      process.exit(1);
    }
    if (Date.now() - lastAt < 10_000) return;
    lastAt = Date.now();
    write('The disk is full. Requests are answered with 503 until there is room again.');
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
}
