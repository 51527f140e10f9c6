import { defineFunction } from '#shared/domain/workflow/function-config.ts';

/**
 * Its role alone may call `UpdateFunctionConfiguration`, which could also set environment, role and handler of a function; it sends nothing but
 * the memory.
 */
export const config = defineFunction({
  name: 'set-memory',
  description: 'Sets the memory of a Lambda function, and no other setting.',
  timeoutSeconds: 25,
  memoryMb: 256,
  trigger: { kind: 'function' },
  uses: {},
});
