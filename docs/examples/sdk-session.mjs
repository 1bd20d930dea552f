// A session with the TypeScript client: a visitor asks, the answer streams in, and the same message is sent twice by mistake.
//
//   node docs/examples/sdk-session.mjs <address of Parley> <API key>
//
// `node tools/build-sdk.mjs` makes the one file that it imports; copy it beside your program.
import { NotFoundError, Parley } from '../../dist/sdk/parley.js';

const [baseUrl = 'http://127.0.0.1:3000', apiKey] = process.argv.slice(2);
const parley = new Parley({ baseUrl, apiKey });

const me = await parley.me.get();
console.log(`workspace     ${me.workspace_name}`);

const session = await parley.sessions.create({ contact: { external_id: 'u_42', name: 'Ann' } });
console.log(`session       of conversation ${session.conversation_id}`);

// The turn that answers, event by event. A line that breaks is taken up behind the last event.
for await (const event of parley.messages.stream({ session_id: session.id, text: 'When are you open?' })) {
  // How earlier messages arrive is told too.
  if (event.type === 'message.status') continue;
  const { author, parts } = event.data.message ?? {};
  console.log(`  ${event.type}${parts ? `  ${author}: ${parts[0].text}` : ''}`);
}

// A second try with the same key is the same message: nothing is said twice.
const again = { session_id: session.id, text: 'Thank you' };
const [first, second] = [
  await parley.messages.create(again, { idempotencyKey: 'thanks-1' }),
  await parley.messages.create(again, { idempotencyKey: 'thanks-1' }),
];
console.log(`sent twice    ${first.message.id === second.message.id ? 'one message' : 'two messages'}`);

let count = 0;
for await (const message of parley.conversations.messages(session.conversation_id)) if (message) count++;
console.log(`transcript    ${count} messages`);

try {
  await parley.conversations.get('conv_00000000000000000000000000');
} catch (error) {
  if (!(error instanceof NotFoundError)) throw error;
  console.log(`error         ${error.name} ${error.code}`);
}
