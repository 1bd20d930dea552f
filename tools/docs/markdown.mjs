/**
 * The first line of a generated page.
 *
 * @param {string} source  the folder it is made from
 */
export const GENERATED = (source) => `<!-- Generated from ${source} by tools/gen.mjs: do not edit. -->\n`;
