import { GENERATED } from './markdown.mjs';

/** @typedef {import('../../libs/faults/src/row.js').FaultRow} FaultRow */

const AREAS = {
  input: 'the request itself cannot be taken',
  access: 'who is asking',
  state: 'a good request meets what is stored',
  channel: 'the provider, its account, or the way there',
  store: 'the database',
  queue: 'the queue',
  config: 'the settings of a process',
  internal: 'a mistake of ours',
};

const RETRY = {
  never: 'No. The same attempt fails the same way.',
  later: 'Yes, after a pause that grows.',
  'when-told': 'Yes, after the time that the answer names.',
  'ask-first': 'Only after finding out that it did not happen.',
};

/**
 * The page of all error codes, a heading each.
 *
 * @param {Readonly<Record<string, FaultRow>>} faults
 */
export function renderErrors(faults) {
  const areas = Object.entries(AREAS).map(([area, words]) => {
    const rows = Object.entries(faults).filter(([code]) => code.startsWith(`${area}/`));
    return `## ${area}: ${words}\n\n${rows.map(entry).join('\n')}`;
  });
  return `${GENERATED('libs/faults')}
# Errors

Every failure has a code. Program against \`code\`: it keeps its meaning for ever, while titles and details may get
better words. The API answers with a problem document (RFC 9457, \`application/problem+json\`): \`type\`, \`title\`,
\`status\`, \`detail\`, \`instance\`, \`code\`, \`request_id\`, and where they apply \`errors\` (which fields),
\`retry_after_ms\` and \`provider\` (the words of the channel's provider). The same codes stand on deliveries, in dead
letters and in the log.

${areas.join('\n')}`;
}

/** @param {[string, FaultRow]} entry */
function entry([code, { http, retry, title, cause, fix }]) {
  return `### ${code}

${title}. HTTP ${http}.

- **Cause:** ${cause}
- **Fix:** ${fix}
- **Try again?** ${RETRY[retry]}
`;
}
