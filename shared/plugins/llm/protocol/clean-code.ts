const FENCED = /(?:```|~~~)[\w+-]{0,20}\n([\s\S]*?)(?:\n(?:```|~~~)|$)/;

/** The code of a suggestion without what models add: fences, an introductory sentence, trailing blanks. */
export function cleanCode(text: string): string {
  const plain = text.replace(/\r\n?/g, '\n');
  const fenced = FENCED.exec(plain)?.[1];
  return (fenced ?? plain).replace(/^(?:\s*\n)+/, '').replace(/\s+$/, '');
}

/**
 * The JSON object in a model's prose, for models that write their tool call as text: bare, fenced, or within words.
 * Null when there is none.
 */
export function jsonIn(text: string): unknown {
  const fenced = FENCED.exec(text)?.[1];
  for (const candidate of [fenced ?? '', text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)]) {
    if (!candidate.trimStart().startsWith('{')) continue;
    try {
      return JSON.parse(candidate);
    } catch {
      // Not this one.
    }
  }
  return null;
}
