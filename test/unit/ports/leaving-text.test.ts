import type { CausalChain } from '@selfheal/diagnosis/causality/chain.ts';
import { redact, redactOutgoing } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { bindAction, isIntact } from '#shared/domain/plan/bind-action.ts';
import type { BoundAction, Receipt } from '#shared/domain/plan/bound-action.ts';
import type { Mailer } from '#shared/ports/cloud.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { NewCommit } from '#shared/ports/code-writer.ts';
import type { ReceiveText } from '#shared/ports/log-archive.ts';
import type { ModelCall, ModelTurn, ToolResult } from '#shared/ports/model-client.ts';
import type { NewDraft, Proposals } from '#shared/ports/proposals.ts';
import type { LogFields } from '#shared/ports/telemetry-sink.ts';
import { aGithubTarget } from '#test/builders/index.ts';
import { anyText } from '../any-text.ts';
import { aCandidate } from '../domain/plan/a-candidate.ts';

// Split, so that nothing takes it for a real one.
const TOKEN = ['ghp', 'Zx9Qw3Er7Ty1Ui5Op2As8Df4Gh6Jk0Lz3XcV'].join('_');

describe('a text that leaves', () => {
  it('[A72] has to be redacted: no port takes a plain string, and nobody but the redactor reads a log', () => {
    expectTypeOf<string>().not.toExtend<Parameters<CodeHost['createComment']>[2]>();
    expectTypeOf<string>().not.toExtend<Parameters<CodeHost['updateComment']>[2]>();
    expectTypeOf<string>().not.toExtend<Parameters<Mailer['publish']>[0]>();
    expectTypeOf<string>().not.toExtend<Parameters<Mailer['publish']>[1]>();
    expectTypeOf<string>().not.toExtend<Parameters<Proposals['openIssue']>[1]['title']>();
    expectTypeOf<string>().not.toExtend<Parameters<Proposals['openIssue']>[1]['body']>();
    expectTypeOf<string>().not.toExtend<NewDraft['title']>();
    expectTypeOf<string>().not.toExtend<NewDraft['body']>();
    expectTypeOf<string>().not.toExtend<NewCommit['message']>();
    expectTypeOf<string>().not.toExtend<ModelCall['system']>();
    expectTypeOf<string>().not.toExtend<ModelTurn['text']>();
    expectTypeOf<string>().not.toExtend<ToolResult['text']>();
    expectTypeOf<string>().not.toExtend<NonNullable<LogFields['reason']>>();
    expectTypeOf<Parameters<ReceiveText>[0]>().not.toExtend<string>();
    expect(redactOutgoing(`it failed with ${TOKEN}`)).toBe('it failed with [redacted:github-token:1]');
  });

  it('[A72] is redacted before it is kept: what was done, what is planned, what happened in order', () => {
    expectTypeOf<string>().not.toExtend<Receipt['summary']>();
    expectTypeOf<string>().not.toExtend<BoundAction['description']>();
    expectTypeOf<string>().not.toExtend<CausalChain['cause']['text']>();
    expectTypeOf<string>().not.toExtend<LearnedPattern['title']>();
    expectTypeOf<string>().not.toExtend<LearnedPattern['solution']>();
    expectTypeOf<string>().not.toExtend<LearnedPattern['history'][number]['reason']>();
    const binding = { incidentId: 'gh-1', target: aGithubTarget(), at: new Date('2026-11-21T12:00:00Z') };
    const bound = bindAction(aCandidate({ description: `Restart ${TOKEN}.` }), binding);
    expect(bound.description).toBe('Restart [redacted:github-token:1].');
    expect(isIntact(bound)).toBe(true);
  });

  it('stays as it is without a secret, also what is invisible in it', () => {
    const words =
      '<!-- selfheal-fix 0a1b2c3d4e5f67890a1b2c3d4e5f6789 -->\n@\u200bsomebody: `/selfheal approve 0a1b2c3d4e5f`';
    expect(redactOutgoing(words)).toBe(words);
  });

  it('is the same when it goes through once more', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const once = redact(text).text;
        expect(redactOutgoing(once)).toBe(once);
      }),
    );
  });
});
