import { describe, expect, it } from 'vitest';
import { templatesFor } from './assembly.ts';

/** What `cdk deploy` prints in yellow. */
const warningsOf = (context: Record<string, unknown>): string[] => templatesFor(undefined, context).warnings;

describe('a deployment', () => {
  it.each([{}, { emails: '' }])(
    'with the context %j warns that nobody is mailed, and says how to name people',
    (context) => {
      const warning = expect.stringMatching(/No e-mail address is set, .*--context emails=/);
      expect(warningsOf(context)).toContainEqual(warning);
    },
  );

  it('that names people warns of no such thing', () => {
    expect(warningsOf({ emails: 'on-call@example.com' }).join('\n')).not.toContain('Nobody is mailed');
  });
});
