import { makeRedactor } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { makeExcerpter } from '../../src/logs/excerpt.ts';

describe('one line that is repeated', () => {
  const LINE = 'ERROR connection reset by peer while reading from upstream 10.0.0.7\n';

  it('keeps its first place and bounded memory through 200 MB', { timeout: 120_000 }, () => {
    const excerpter = makeExcerpter({ maxLines: 20, redactor: makeRedactor() });
    const chunk = LINE.repeat(1000);
    const chunks = Math.ceil(200e6 / chunk.length);
    let most = 0;
    for (let count = 0; count < chunks; count++) {
      excerpter.push(chunk);
      if (count % 500 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
    }
    const { totalLines, lines } = excerpter.finish();
    expect(totalLines).toBe(1000 * chunks);
    expect(lines[0]).toMatchObject({ number: 1, text: LINE.trimEnd() });
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(most).toBeLessThan(1e9);
  });

  it('does not hide what was said once among it', () => {
    const excerpter = makeExcerpter({ maxLines: 5, redactor: makeRedactor() });
    for (let count = 0; count < 60; count++) excerpter.push(LINE.repeat(1000));
    excerpter.push('FATAL no space left on device, shutting down\n');
    for (let count = 0; count < 60; count++) excerpter.push(LINE.repeat(1000));
    expect(excerpter.finish().lines.map(({ text }) => String(text))).toContain(
      'FATAL no space left on device, shutting down',
    );
  });
});
