import { defineFunction } from '#shared/domain/workflow/function-config.ts';

/** Has no rights at all, because it parses text that a model wrote. */
export const config = defineFunction({
  name: 'inspect-patch',
  description: 'Parses a proposed change and reports what the files do that they did not do before.',
  timeoutSeconds: 30,
  memoryMb: 1024,
  trigger: { kind: 'function' },
  uses: {},
});
