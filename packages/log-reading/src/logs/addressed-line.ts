import { remembered } from '@selfheal/kernel/remembered.ts';
import type { Evidence } from './evidence.ts';

/**
 * Words of instructions in nine languages: English, German, French, Spanish, Portuguese, Italian, Russian, Chinese, Japanese. Imperatives alone: a tool
 * that says `ignored` or `ignoring` speaks of itself.
 */
const IGNORE =
  /\b(?:ignore|disregard|forget|override|overlook|ignorier(?:e|en sie|t)|vergiss|vergessen sie|ignore[zs]?|oublie[zr]?|ignora|ignor[ae]d|olvid[ae]|ignorem?|desconsidere|esqueça|ignorate|dimentica(?:te)?)(?![\p{L}\p{N}_])|игнорируй(?:те)?|забудь(?:те)?|忽略|无视|無視|忘れて/giu;
const WHAT_CAME =
  /\b(?:previous|above|earlier|prior|preceding|foregoing|bisherig|vorherig|obig|vorangehend|précédent|ci-dessus|anterior|precedent|all (?:other|the|of the)? ?(?:lines|instructions|errors|rules)|every(?:thing)? (?:above|before))|предыдущ|прежн|выше|以上|之前|前面|上述|上面|これまで|以前|上記|前の/iu;
/** How far apart the two may be. */
const APART = 80;
const CLASSIFY =
  /\b(?:classify|label|categori[sz]e|mark|report|treat|regard|consider|diagnose|rate) (?:this|the|it|that)(?: (?:\p{L}+ ){0,3}(?:failure|error|incident|log|run|job|build|problem|issue))? as\b|\bstufen? (?:sie )?(?:diese|den|das)\p{L}* .{0,60}\bein\b|\bklassifizier(?:e|en sie) |\bclasse[zr]? (?:cet?|cette|l[’'])|\bclassifi(?:ez|er|ca|cate|que) (?:cet?|cette|est[ea]|quest[oa]|el|la|il|o|a)\b|классифицируй|считай(?:те)? (?:эту|этот|это)|归类|歸類|分类为|分類し(?:て|ろ)|に分類/iu;
const TO_THE_READER =
  /\b(?:note|message|instructions?|hint|attention|dear|hello|hi),? (?:to|for)? ?(?:the |any |all )?(?:reader|ai|assistant|(?:language )?model|agent|bot|analy[sz]er|classifier|llm)s?\b|\b(?:as an ai|you are (?:now )?(?:an? |my )?(?:helpful )?(?:ai|assistant|(?:language )?model|chatbot))\b|<\|?(?:im_start|system|endofprompt)\|?>|\bnew (?:system )?instructions?:/iu;

/** One of these stands in every such line. */
const MAY_BE =
  /ignor|disreg|forget|overr|overlook|vergiss|vergess|oubli|olvid|esque|descons|diment|classif|klassif|classe|stuf|label|categ|mark |report|treat |regard |consider|diagnos|rate |reader|assist|model|agent|bot|analy|llm|as an ai|you are |<\|?|instructions|[\u0400-\u04ff\u3040-\u30ff\u4e00-\u9fff]/i;

/** Lines whose answer is kept: about the evidence of one incident, which class and chain both read. */
const MAX_REMEMBERED = 512;

/**
 * Whether the line tells whoever reads the log what to make of it. Programs report; only somebody who wants to steer the reading says what to ignore
 * and what to call a failure. Such a line counts neither for a class nor as a cause, whatever messages of tools it quotes.
 */
const isAddressed: (text: string) => boolean = remembered(speaksToReader, MAX_REMEMBERED);

function speaksToReader(text: string): boolean {
  if (!MAY_BE.test(text)) return false;
  if (CLASSIFY.test(text) || TO_THE_READER.test(text)) return true;
  IGNORE.lastIndex = 0;
  for (let found = IGNORE.exec(text); found !== null; found = IGNORE.exec(text)) {
    const near = text.slice(Math.max(0, found.index - APART), found.index + found[0].length + APART);
    if (WHAT_CAME.test(near)) return true;
  }
  return false;
}

/** The evidence without the lines that speak to whoever reads it. */
export function withoutAddressed(evidence: Evidence): Evidence {
  const sources = evidence.sources.map((source) => ({
    ...source,
    lines: source.lines.filter(({ text }) => !isAddressed(text)),
  }));
  return { ...evidence, sources };
}
