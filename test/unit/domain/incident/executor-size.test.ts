import { describe, expect, it } from 'vitest';
import { hasSize, megabytesOf, withSize } from '#shared/domain/incident/executor-size.ts';

describe('the size of Spark executors', () => {
  it.each([
    ['8GB', 8192],
    ['8g', 8192],
    ['8 GiB', 8192],
    ['1.5g', 1536],
    ['8192m', 8192],
    ['8192', 8192],
    ['1t', 1_048_576],
    ['1048576k', 1024],
    ['8 parsecs', null],
    ['1k', null],
    ['', null],
    ['-8g', null],
  ])('reads a memory: %s', (text, megabytes) => {
    expect(megabytesOf(text)).toBe(megabytes);
  });

  it('is written beside the other settings, and recognised in any unit', () => {
    const text = withSize('{"a":1,"spark.executor.memory":"4g"}', { memoryMb: 8192, cores: 2 });
    expect(text).toBe('{"a":1,"spark.executor.memory":"8192m","spark.executor.cores":"2"}');
    expect(hasSize('{"spark.executor.memory":"8g","spark.executor.cores":2}', { memoryMb: 8192, cores: 2 })).toBe(true);
    expect(hasSize('{"spark.executor.memory":"8g"}', { memoryMb: 8192, cores: 2 })).toBe(false);
    expect(hasSize('{"spark.executor.memory":"8g"}', { memoryMb: 8192, cores: null })).toBe(true);
  });

  it.each(['', 'spark.executor.memory 4g', '[1]', '"x"', 'null'])(
    'is not written into what holds no settings: %s',
    (text) => {
      expect(withSize(text, { memoryMb: 8192, cores: null })).toBeNull();
    },
  );
});
