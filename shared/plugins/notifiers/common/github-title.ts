/** GitHub refuses longer ones. */
const MAX_TITLE = 256;
const ZERO_WIDTH = '\u200b';

/** A title shows no markup but code and emoji; what would be a mention or a reference elsewhere is broken up all the same. */
export const githubTitle = (title: string): string =>
  title
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replaceAll('`', "'")
    .replaceAll(/([@#:/])(?=[\p{L}\p{N}_+/-])/gu, `$1${ZERO_WIDTH}`)
    .slice(0, MAX_TITLE) || 'A failure without a name';
