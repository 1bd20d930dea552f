// A file of its own: a browser that shows the question needs these names and no schema.

/** Ids of the options with which a bot asks how it was: `csat/1` is very bad, `csat/5` very good. */
export const csatOption = {
  prefix: 'csat/',
  /** Behind the question for a comment: says none. */
  skip: 'csat/skip',
} as const;
