import type { ModelProvider } from './contract.ts';

/** No language model: signatures and playbooks alone. The default. */
export const rules: ModelProvider = { id: 'rules', title: 'Built-in rules', grants: () => [] };
