/** Invisible or blank-looking: fillers of Hangul and Khmer, the empty Braille pattern, variation selectors. */
const BLANK = '\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u2800\\u3164\\uffa0\\ufe00-\\ufe0e\\u{e0100}-\\u{e01ef}';
/**
 * Controls, direction marks, zero-width characters, tags, private use, unassigned, line separators, and non-space
 * blanks.
 */
const HIDDEN = new RegExp(`[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}\\p{Cs}\\p{Zl}\\p{Zp}${BLANK}]|(?! )\\p{Zs}`, 'u');
/** A selector for the coloured form of the previous character. */
const EMOJI_FORM = /(\p{Extended_Pictographic})\ufe0f/gu;

/** Letters of other scripts that look like Latin letters (after Unicode UTS 39, confusables). */
const TWINS = new Set(
  [
    'аесорхуіјѕһԁԛԝѵӏгпзьАВЕКМНОРСТУХІЈЅҮԌԚԜҺ',
    'αβγικνορτυχωϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧ',
    'օսհոզցքԼՕՏՍ',
    'ıɑɡɩɪʏʀɴʟꜱᴄᴏᴠᴡᴢǃǀǁʾʿ',
    'ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓞꓟꓠꓡꓢꓣꓤꓥꓦꓧꓨꓩꓪꓫꓬꓮꓯꓰꓱꓲꓳꓴ',
  ].join(''),
);
/** Whole blocks whose letters look like Latin ones. */
const TWIN_BLOCK = /[\u13a0-\u13ff\uab70-\uabbf\u2c80-\u2cff]/u;
/**
 * Characters that look like ASCII punctuation: Greek question mark, division slash, fraction slash, ratio, lone quotes,
 * middle dots.
 */
const TWIN_SIGN =
  /[\u037e\u0589\u05c3\u1fef\u2044\u2215\u2236\u2223\u2024\u2025\u02d0\u02d1\u05f3\u05f4\u0387\ua789\uff1a\uff1b]/u;
const WORD = /[\p{L}\p{M}\p{N}_$]+/gu;

/**
 * True when a reader cannot see all characters ("Trojan Source", Boucher and Anderson 2021, CVE-2021-42574). Tabs are
 * visible.
 */
export function hasHidden(text: string): boolean {
  if (!/[^ -~\t]/.test(text)) return false;
  return /\ufe0f/.test(text.replace(EMOJI_FORM, '$1')) || HIDDEN.test(text.replace(/\t|\ufe0f/g, ''));
}

/**
 * True when a word or character could be mistaken for another (homoglyphs, CVE-2021-42694): Latin letters mixed with
 * lookalikes of other scripts, words made of lookalikes alone, letters that programming languages fold to ASCII (NFKC,
 * PEP 3131), text that is not in NFC.
 */
export function hasLookalike(text: string): boolean {
  if (!/[^ -~\t]/.test(text)) return false;
  if (text !== text.normalize('NFC') || TWIN_SIGN.test(text)) return true;
  return (text.match(WORD) ?? []).some(isLookalike);
}

function isLookalike(word: string): boolean {
  const letters = [...word];
  if (letters.some((letter) => letter > '~' && /[A-Za-z0-9_]/.test(letter.normalize('NFKC')) && !isDigitSign(letter))) {
    return true;
  }
  if (!letters.some(isTwin)) return false;
  return (
    letters.every((letter) => isTwin(letter) || /[0-9_$]/.test(letter)) || letters.some((one) => /[A-Za-z]/.test(one))
  );
}

/** Superscripts and fractions occur in no identifier. */
const isDigitSign = (letter: string): boolean => /\p{No}/u.test(letter);
const isTwin = (letter: string): boolean => TWINS.has(letter) || TWIN_BLOCK.test(letter);
