import { z } from 'zod';
import { GENERATED } from './markdown.mjs';

/** @typedef {import('../../libs/queue/src/job.js').JobDefinition} JobDefinition */

/**
 * The page of all kinds of jobs, a heading each.
 *
 * @param {readonly JobDefinition[]} jobs
 */
export function renderJobs(jobs) {
  return `${GENERATED('libs/queue')}
# Jobs

A job is a bell: it says that PostgreSQL holds work, and nothing else. No content, attempt count or dead letter lives in
the queue, so losing every job costs a second of latency: a sweep in each worker finds the work without it. Jobs of the
same key are one: while it waits, no second is added; while it runs, exactly one more is kept.

| job | queue | what it does |
|---|---|---|
${jobs.map(({ name, queue, description }) => `| [\`${name}\`](#${name.replaceAll('.', '')}) | \`${queue}\` | ${description} |`).join('\n')}

${jobs.map(entry).join('\n')}`;
}

/** @param {JobDefinition} job */
function entry(job) {
  const { name, queue, description, payload } = job;
  const { $schema: _, ...schema } = z.toJSONSchema(payload);
  return `## ${name}

${description}

- **Queue:** \`${queue}\`
- **Key, for example:** \`${job.dedupe({ v: 1, shard: 0 })}\`
- **Payload:**

\`\`\`json
${JSON.stringify(schema, null, 2)}
\`\`\`
`;
}
