import { GENERATED } from './markdown.mjs';

/** @typedef {import('../../libs/faults/src/describe.js').FaultDescription} FaultDescription */

/**
 * The page of all error codes, a heading each.
 *
 * @param {readonly FaultDescription[]} faults
 * @param {Readonly<Record<string, string>>} areas  what each area speaks about, in the order of the page
 */
export function renderErrors(faults, areas) {
  const sections = Object.entries(areas).map(([area, words]) => {
    const rows = faults.filter(({ code }) => code.startsWith(`${area}/`));
    return `## ${area}: ${words}\n\n${rows.map(entry).join('\n')}`;
  });
  return `${GENERATED('libs/faults')}
# Errors

Every failure has a code. Program against \`code\`: it keeps its meaning for ever, while titles and details may get
better words. The API answers with a problem document (RFC 9457, \`application/problem+json\`): \`type\`, \`title\`,
\`status\`, \`detail\`, \`instance\`, \`code\`, \`request_id\`, and where they apply \`errors\` (which fields),
\`retry_after_ms\` and \`provider\` (the words of the channel's provider). The same codes stand on deliveries, in dead
letters and in the log.

${sections.join('\n')}`;
}

/** @param {FaultDescription} fault */
function entry({ code, http, title, cause, fix, retry }) {
  return `### ${code}

${title}. HTTP ${http}.

- **Cause:** ${cause}
- **Fix:** ${fix}
- **Try again?** ${retry}
`;
}
