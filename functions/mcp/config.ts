import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'mcp',
  description: 'Answers assistants by the Model Context Protocol, with the rights of whoever asks.',
  timeoutSeconds: 25,
  memoryMb: 512,
  trigger: { kind: 'http', routes: [{ method: 'ANY', path: '/mcp' }] },
  // It asks the API with the caller's own token, and has no right of its own.
  uses: { apiUrl: [] },
});
