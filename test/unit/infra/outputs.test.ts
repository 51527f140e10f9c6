import { expect, it } from 'vitest';
import { templatesFor } from './assembly.ts';

it('describes every output of every stack, in at most the 1,024 characters that CloudFormation takes', () => {
  const { state, selfheal, dashboard } = templatesFor();
  const outputs = [state, selfheal, dashboard].flatMap((template) => Object.entries(template.findOutputs('*')));
  expect(outputs.length).toBeGreaterThan(30);
  for (const [name, { Description }] of outputs) {
    expect(String(Description ?? ''), name).toMatch(/^[A-Z].{8,1000}\.$/);
  }
});
