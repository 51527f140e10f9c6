/** A number with a comma before every three digits of its whole part: `51,090`. */
export const numberText = (value: number): string => String(value).replace(/(?<!\.\d*)\B(?=(?:\d{3})+(?!\d))/g, ',');

/** A share in percent, whole unless `digits` says otherwise: `98 %`, `12.3 %`. */
export const percentText = (share: number, digits = 0): string =>
  `${digits === 0 ? Math.round(100 * share) : (100 * share).toFixed(digits)} %`;

/** A counted share, with one decimal: `12.3 %`. */
export const shareText = (share: number): string => percentText(share, 1);
