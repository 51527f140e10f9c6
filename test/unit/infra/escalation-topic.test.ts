import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeWorkspace } from './assembly.ts';

afterEach(() => vi.unstubAllEnvs());

/** What `cdk deploy` prints in yellow. */
function warningsOf(context: Record<string, unknown>): string[] {
  const workspace = makeWorkspace();
  vi.stubEnv('CDK_VALIDATION', 'false');
  try {
    const { messages } = workspace.makeApp(context).synth().getStackByName('Selfheal');
    return messages.filter(({ level }) => level === 'warning').map(({ entry }) => `${entry.data}`);
  } finally {
    workspace.remove();
  }
}

describe('a deployment', () => {
  it.each([{}, { emails: '' }])(
    'with the context %j warns that nobody is mailed, and says how to name people',
    (context) => {
      const warning = expect.stringMatching(/Nobody is mailed: .*--context emails=/);
      expect(warningsOf(context)).toContainEqual(warning);
    },
  );

  it('that names people warns of no such thing', () => {
    expect(warningsOf({ emails: 'on-call@example.com' }).join('\n')).not.toContain('Nobody is mailed');
  });
});
