const LONGEST = 200;

/** The first sentence without its full stop, cut for a headline. */
export function firstSentence(text: string): string {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? '';
  const sentence = /^.{8,}?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
  const plain = sentence.trim().replace(/[.!]$/, '');
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}...` : plain;
}
