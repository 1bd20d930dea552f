/**
 * The first line of a generated page.
 *
 * @param {string} source  the folder it is made from
 */
export const GENERATED = (source) =>
  `<!-- Generated from ${source} by tools/gen-docs.mjs: do not edit. -->\n`;
