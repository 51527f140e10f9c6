import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFile, aFolder, runCommand } from './run-command.ts';

const OWN = `signatures:
  - id: payment-failure
    title: A payment failed
    class: external_service_failures
    verdict: flaky
    confidence: 0.97
    severity: critical
    service: payments
    literals: [payment]
    pattern: 'Payment (?<id>[a-z0-9-]{1,40}) (?:failed|was declined)'
    examples:
      matches: ['Payment p-17 failed', 'Payment p-18 was declined']
      rejects: ['Payment p-17 done', 'no pay']
    advice: { rootCause: 'Payment {id} failed.', fix: 'See the provider.', prevention: 'Retry.' }
  - id: payment-declined-card
    title: A card was declined
    class: configuration_errors
    verdict: regression
    confidence: 0.96
    parent: payment-failure
    literals: [declined]
    pattern: 'Payment [a-z0-9-]{1,40} was declined: card'
    examples:
      matches: ['Payment p-18 was declined: card', 'Payment p-19 was declined: card expired']
      rejects: ['Payment p-17 failed', 'declined']
    advice: { rootCause: 'The test card is not valid.', fix: 'Use a test card.', prevention: 'Keep one.' }
`;

function aSignatureFolder(files: Readonly<Record<string, string>>): string {
  const folder = join(aFolder(), 'signatures');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

async function classified(log: string, folder: string) {
  const { code, stdout, stderr } = await runCommand([
    'log',
    'classify',
    aFile(`starting\n${log}\n`),
    '--json',
    '--signatures',
    folder,
  ]);
  return { code, stderr, answer: stdout.length === 0 ? null : JSON.parse(stdout.toString()) };
}

describe('signatures of a user', () => {
  it('[D79][D85] decide with their own severity, service and confidence, which the answer tells', async () => {
    const { code, stderr, answer } = await classified('Payment p-17 failed', aSignatureFolder({ 'own.yaml': OWN }));
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      class: 'external_service_failures',
      signature: 'payment-failure',
      match: { title: 'A payment failed', severity: 'critical', service: 'payments', confidence: 0.97, parents: [] },
    });
  });

  it('[D80] a child stands for its parent where both match a line, and names it', async () => {
    const { answer } = await classified('Payment p-18 was declined: card', aSignatureFolder({ 'own.yaml': OWN }));
    expect(answer).toMatchObject({
      class: 'configuration_errors',
      signature: 'payment-declined-card',
      match: { parents: ['payment-failure'], severity: 'error', service: null },
    });
  });

  it('a pattern on which a backtracking engine would never end answers a hostile line', async () => {
    const slow = OWN.replace(
      "'Payment (?<id>[a-z0-9-]{1,40}) (?:failed|",
      "'^Payment (?<id>(?:[a-z0-9-]+)+) (?:failed|",
    );
    const hostile = `Payment ${'p'.repeat(2000)}!\nPayment p-17 failed`;
    const { answer, stderr } = await classified(hostile, aSignatureFolder({ 'own.yaml': slow }));
    expect(stderr).toBe('');
    expect(answer).toMatchObject({ signature: 'payment-failure', evidence: expect.arrayContaining([3]) });
  });

  it('a parent may be one of the shipped signatures', async () => {
    const refined = OWN.replace('parent: payment-failure', 'parent: disk-full');
    const { answer, stderr } = await classified(
      'Payment p-18 was declined: card',
      aSignatureFolder({ 'a.yaml': refined }),
    );
    expect(stderr).toBe('');
    expect(answer.class).not.toBe('unknown');
  });

  it.each([
    [
      'a pattern that no linear-time engine runs',
      OWN.replace("'Payment [a-z0-9-]{1,40} was", "'(Payment) (?=p) was"),
      'own.yaml:15, signature payment-declined-card: pattern: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
    ],
    [
      'a parent that is not there',
      OWN.replace('parent: payment-failure', 'parent: nobody'),
      'own.yaml:15, signature payment-declined-card: parent: no other signature has the id nobody',
    ],
    [
      'a bad severity',
      OWN.replace('parent: payment-failure', 'severity: huge'),
      'own.yaml:15, signature payment-declined-card: severity',
    ],
    [
      'a pattern that is none',
      OWN.replace("'Payment [a-z0-9-]{1,40} was declined: card'", "'Payment [a'"),
      'own.yaml:15, signature payment-declined-card: pattern:',
    ],
  ])('%s is named with file, line and reason, and the others load', async (_, content, reason) => {
    const { code, stderr, answer } = await classified('Payment p-17 failed', aSignatureFolder({ 'own.yaml': content }));
    expect(stderr).toContain(reason);
    expect(code).toBe(0);
    expect(answer.signature).toBe('payment-failure');
  });

  it('a file that is not YAML is named with its line, and other files load', async () => {
    const folder = aSignatureFolder({ 'bad.yaml': 'signatures:\n  - id: x\n  bad: [\n', 'own.yaml': OWN });
    const { stderr, answer } = await classified('Payment p-17 failed', folder);
    expect(stderr).toMatch(/signature skipped: .*bad\.yaml:\d+: /);
    expect(answer.signature).toBe('payment-failure');
  });

  it('an example that is not kept is said', async () => {
    const wrong = OWN.replace("'Payment p-17 done'", "'Payment p-17 failed'");
    const { stderr } = await classified('nothing', aSignatureFolder({ 'own.yaml': wrong }));
    expect(stderr).toContain('signature payment-failure: matches its counter-example "Payment p-17 failed"');
  });

  it.each([
    ['a folder that is not there', '/nowhere/at/all'],
    ['a folder without signatures', ''],
  ])('%s is refused with a way out', async (_, folder) => {
    const { code, stderr } = await classified('x', folder === '' ? aFolder() : folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Check the path|contains no signatures/);
  });
});
