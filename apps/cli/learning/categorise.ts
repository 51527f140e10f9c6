import { classify } from '#shared/domain/failure/classify.ts';
import type { ResolvedCase } from '#shared/domain/learning/propose-patterns.ts';
import { linesOf } from '#shared/domain/learning/resolution.ts';
import { tagsOf } from '#shared/domain/learning/tags-of.ts';
import { textEvidence } from '../input/log-evidence.ts';
import { shippedModel, shippedSignatures } from '../input/shipped-content.ts';
import type { Terminal } from '../terminal.ts';
import type { NumberedResolution } from './read-resolutions.ts';

/** Files each record under a class and tags: the class that it names, or else what its words are recognised as. */
export async function categorised(
  records: readonly NumberedResolution[],
  terminal: Pick<Terminal, 'say'>,
): Promise<ResolvedCase[]> {
  const signatures = await shippedSignatures(terminal.say);
  const model = await shippedModel(terminal.say);
  return records.map(({ line, resolution }) => {
    const found = classify(textEvidence(`${linesOf(resolution).join('\n')}\n`), { signatures, model });
    // A model judges by whole logs; a few words of a person are only believed where a known wording is in them.
    const recognised = found.signature === null ? 'unknown' : found.class;
    const failureClass = resolution.class ?? recognised;
    return { line, resolution, class: failureClass, tags: tagsOf(failureClass, found, resolution) };
  });
}
