import { defineFunction } from '#shared/domain/workflow/function-config.ts';

/** It gets text that a model wrote and parses it: it has no right on anything. */
export const config = defineFunction({
  name: 'inspect-patch',
  description: 'Parses a proposed change and says what it does that its files did not do before.',
  timeoutSeconds: 30,
  memoryMb: 1024,
  trigger: { kind: 'function' },
  uses: {},
});
