import { defineCommand, forEachFile, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { chainLines } from '@selfheal/diagnosis/causality/chain-words.ts';
import { entitiesOf } from '@selfheal/diagnosis/causality/entities.ts';
import { type Event, eventsIn } from '@selfheal/diagnosis/causality/event.ts';
import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import { matchSignatures } from '@selfheal/diagnosis/failure/matching.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { isAtLeast } from '@selfheal/log-reading/logs/severity.ts';
import { evidenceOf } from '#apps/workbench/input/log-evidence.ts';
import { openInput } from '#apps/workbench/input/open-input.ts';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';

/** One event as JSON: the entities of its own line with their positions, and the classes of the signatures that match it. */
function asRow({ ref, number, at, severity, text, block }: Event, classes: ReadonlyMap<string, readonly string[]>) {
  const own = block.find((line) => line.ref === ref)?.text ?? text;
  return {
    line: number,
    at: at === null ? null : new Date(at).toISOString(),
    severity,
    categories: [...new Set(block.flatMap((line) => classes.get(line.ref) ?? []))],
    entities: entitiesOf(own),
    text: own,
  };
}

/** The failure classes of the signatures that match each line. */
function classesByLine(evidence: Evidence, signatures: SignatureSet): Map<string, string[]> {
  const found = Map.groupBy(matchSignatures(evidence, signatures), ({ line }) => line.ref);
  return new Map([...found].map(([ref, some]) => [ref, some.map(({ compiled }) => compiled.signature.class)]));
}

export const logChain = defineCommand({
  name: 'log chain',
  summary: 'show the causal chain of a log: the first cause and what followed from it',
  details:
    'With --json: {file, cause, reasons, followed: [...], events: [{line, at, severity, categories, entities, text}]} per file. cause\n' +
    'and followed have {line, at, text, severity, entities, link, why, times}; cause is null when none is found.',
  operands: { shown: 'FILE...', atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  options: JSON_OPTION,
  async run({ operands, options }, terminal) {
    const signatures = await shippedSignatures(terminal.say);
    const model = await shippedModel(terminal.say);
    return forEachFile(operands, terminal, async (file) => {
      const evidence = await evidenceOf(await openInput(file, terminal));
      const { chain } = readFailure(evidence, { signatures, model });
      if (options.json !== true) {
        const lines = chain === null ? ['No cause found.'] : chainLines(chain);
        await terminal.write(`${file}\n${lines.map((line) => `  ${line}\n`).join('')}`);
        return;
      }
      const numbers = new Map(evidence.sources.flatMap(({ lines }) => lines.map((line) => [line.ref, line.number])));
      const numbered = <T extends { readonly ref: string | null }>({ ref, ...rest }: T) => ({
        line: ref === null ? null : (numbers.get(ref) ?? null),
        ...rest,
      });
      const classes = classesByLine(evidence, signatures);
      const document = {
        file,
        cause: chain === null ? null : numbered(chain.cause),
        reasons: chain?.reasons ?? [],
        followed: (chain?.followed ?? []).map(numbered),
        events: eventsIn(evidence)
          .filter(({ severity }) => isAtLeast(severity, 'warning'))
          .map((event) => asRow(event, classes)),
      };
      await terminal.write(`${JSON.stringify(document)}\n`);
    });
  },
});
