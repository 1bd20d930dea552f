// A file of its own, so that what only needs the numbers (the Markdown parser in a browser) does not load the schemas.

/** Limits of content, whatever the channel. Lengths are counted in UTF-16 code units, as JavaScript and JSON Schema count. */
export const contentLimits = {
  /** Characters of one text; 64 KiB is also what a database row should carry. */
  textMax: 65_536,
  /** Pieces of content in one message. */
  piecesMax: 20,
  /** Options of one `choices`, over all its presentations. */
  optionsMax: 50,
  labelMax: 200,
  descriptionMax: 1_000,
  cardsMax: 20,
  actionsMax: 10,
  sectionsMax: 20,
  rowsMax: 100,
  fieldsMax: 30,
  variablesMax: 100,
  urlMax: 2_048,
  fileNameMax: 255,
} as const;
