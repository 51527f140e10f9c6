/**
 * The format of all that Selfheal keeps: raised whenever a kind of record changes its shape, together with that kind's own `version`, or the tables
 * get other keys. A state folder of another format is refused as a whole; in tables each record is checked by its own version.
 */
export const RECORD_FORMAT = 3;
