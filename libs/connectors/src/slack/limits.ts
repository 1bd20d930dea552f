/** Slack's own page. */
const docs = (page: string): string => `https://docs.slack.dev/reference/${page} (read 2026-11-21)`;
/** Slack's own page, in the words of Slack's package of types. */
const types = (page: string): string =>
  `https://docs.slack.dev/reference/block-kit/${page}, as @slack/types 3.2.0 repeats it (read 2026-11-21)`;

/**
 * What Slack accepts, by name. Slack counts characters; we count UTF-16 code units, which are never fewer.
 *
 * `messageText` is ours: Slack refuses a message whose blocks hold too much in sum (`msg_blocks_too_long`), and does not say how
 * much. Measured by others: 9 597 characters passed, 11 341 did not (github.com/slackapi/bolt-js/issues/2867 of 2026-04-11).
 */
export const slackLimits = {
  blocks: {
    value: 50,
    unit: 'blocks of a message',
    source:
      'the JSON Schema of Block Kit, gist.github.com/bmorton/735dc80697359afd4a0c7d52b901844e (read 2026-11-21)',
  },
  sectionText: {
    value: 3_000,
    unit: 'characters of a section',
    source: types('blocks/section-block'),
  },
  messageText: { value: 8_000, unit: 'characters over all blocks of a message', source: 'ours' },
  fallbackText: {
    value: 3_000,
    unit: 'characters of the text for notifications; Slack advises 4 000 and cuts at 40 000',
    source: 'https://api.slack.com/changelog/2018-04-truncating-really-long-messages (read 2026-11-21)',
  },
  buttons: {
    value: 25,
    unit: 'elements of an actions block',
    source: types('blocks/actions-block'),
  },
  buttonText: {
    value: 75,
    unit: 'characters of a button',
    source: types('block-elements/button-element'),
  },
  options: {
    value: 100,
    unit: 'options of a menu',
    source: types('block-elements/select-menu-element'),
  },
  optionText: {
    value: 75,
    unit: 'characters of an option, its description or a group label',
    source: docs('block-kit/composition-objects/option-object'),
  },
  optionValue: {
    value: 150,
    unit: 'characters of the value of an option',
    source: docs('block-kit/composition-objects/option-object'),
  },
  placeholder: {
    value: 150,
    unit: 'characters of a placeholder',
    source:
      "rdrr.io/github/samterfa/rSlack/man/static_select_menu.html, a copy of Slack's page (read 2026-11-21)",
  },
  imageUrl: {
    value: 3_000,
    unit: 'characters of the address of an image',
    source: docs('block-kit/blocks/image-block'),
  },
  altText: {
    value: 2_000,
    unit: 'characters that describe an image',
    source: docs('block-kit/blocks/image-block'),
  },
  inputLabel: {
    value: 2_000,
    unit: 'characters of the label of an input',
    source: docs('block-kit/blocks/input-block'),
  },
  fileAlt: {
    value: 1_000,
    unit: 'characters that describe an uploaded image',
    source: docs('methods/files.getUploadURLExternal'),
  },
} as const;
export type SlackLimit = keyof typeof slackLimits;
