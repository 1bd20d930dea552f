import type { Command } from 'commander';
import type { Desk } from './desk.js';
import type { Globals, World } from './world.js';

/** What an action gets: the desk, what was given in order, and the options. Gives the exit code, 0 when nothing. */
export type Action<Options = object> = (
  desk: Desk,
  given: string[],
  options: Options,
) => Promise<number | void>;

type Declare = (
  parent: Command,
  usage: string,
  words: string,
  action: () => Promise<Action<never>>,
) => Command;

/** Declares every command. What one does is loaded when it runs: help needs none of it. */
export function addCommands(program: Command, world: World, outcome: { code: number }): void {
  const add: Declare = (parent, usage, words, load) =>
    parent
      .command(usage)
      .description(words)
      .action(async (...args: unknown[]) => {
        const command = args.at(-1) as Command;
        const action = await load();
        const { openDesk } = await import('./open-desk.js');
        const globals = command.optsWithGlobals<Globals>();
        const desk = openDesk(world, globals, NEEDS_NO_KEY.has(command.name()));
        outcome.code = (await action(desk, command.processedArgs as string[], command.opts())) ?? 0;
      });
  addProfiles(program, add);
  addChannels(program, add);
  addTalk(program, add);
  addContacts(program, add);
  addOperations(program, add);
  addBots(program, add);
  addAccess(program, add);
  addInstallation(program, add);
}

/** Commands that work without an account. */
const NEEDS_NO_KEY = new Set(['login', 'logout', 'profiles', 'migrate', 'completion', 'doctor']);

function addProfiles(program: Command, add: Declare): void {
  const load = () => import('./commands/profiles.js');
  add(
    program,
    'login',
    'keeps an address and a key as a profile, after trying them',
    async () => (await load()).login,
  ).option('--name <name>', 'name of the profile', 'default');
  add(program, 'logout [name]', 'forgets a profile', async () => (await load()).logout);
  add(program, 'profiles', 'lists the profiles', async () => (await load()).profiles);
  add(
    program,
    'whoami',
    'says which key, which workspace, and what it may do',
    async () => (await load()).whoami,
  );
}

function addChannels(program: Command, add: Declare): void {
  const channels = program.command('channels').description('channels: register, try, watch');
  const load = () => import('./commands/channels.js');
  add(channels, 'list', 'lists the channels and how they are', async () => (await load()).list);
  add(channels, 'types', 'lists the kinds of channels', async () => (await load()).types);
  add(
    channels,
    'add [connector]',
    'registers a channel, with live checks and, where there is one, its QR code',
    async () => (await load()).register,
  )
    .option('--name <name>', 'what people call it')
    .option('--set <field=value...>', 'a field of its settings; JSON, or else text')
    .option('--bot <id>', 'the bot that answers');
  add(
    channels,
    'test <channel>',
    'looks whether it can work; sends nothing',
    async () => (await load()).test,
  );
  add(channels, 'health <channel>', 'says how it is, and why', async () => (await load()).health);
  add(
    channels,
    'simulate <channel> <text>',
    'lets a message come in as if somebody wrote',
    async () => (await load()).simulate,
  ).requiredOption('--from <address>', 'who writes');
  add(
    channels,
    'connect <channel>',
    'shows the QR code or pairing code until it is connected',
    async () => (await load()).connect,
  );
  add(
    channels,
    'install <channel>',
    'has the provider told where to call, where that is possible',
    async () => (await load()).install,
  );
  add(channels, 'pause <channel>', 'stops what goes out', async () => (await load()).pause);
  add(channels, 'resume <channel>', 'lets it send again', async () => (await load()).resume);
}

function addTalk(program: Command, add: Declare): void {
  add(
    program,
    'chat',
    'talks to the bot of a web channel',
    async () => (await import('./commands/chat.js')).chat,
  )
    .option('--channel <id>', 'the channel; default: the first one with sessions')
    .option('--as <id>', 'your id of the person: the same one goes on');
  add(
    program,
    'tail',
    'prints what happens, as it happens',
    async () => (await import('./commands/tail.js')).tail,
  )
    .option('--channel <id>', 'only on this channel')
    .option('--conversation <id>', 'only in this conversation')
    .option('--types <types>', 'only these, with commas between');
  add(
    program,
    'listen',
    'sends events to a program on this machine, signed like webhooks',
    async () => (await import('./commands/listen.js')).listen,
  )
    .requiredOption('--forward-to <url>', 'where to')
    .option('--secret <whsec>', 'signs with this; default: a new one, which is printed')
    .option('--types <types>', 'only these, with commas between');
}

function addContacts(program: Command, add: Declare): void {
  const contacts = program.command('contacts').description('people who write: find, give out, erase');
  const load = () => import('./commands/contacts.js');
  add(contacts, 'list', 'lists them', async () => (await load()).list)
    .option('--find <text>', 'only those whose name or address has this in it')
    .option('--address <address>', 'only who has exactly this address');
  add(
    contacts,
    'export <contact> [file]',
    'writes everything that is stored of a person into a file',
    async () => (await load()).exportOne,
  );
  add(
    contacts,
    'erase <contact>',
    'counts what is stored of a person; with --yes takes it away for good',
    async () => (await load()).erase,
  ).option('--yes', 'does it');
}

function addOperations(program: Command, add: Declare): void {
  const hooks = program.command('webhooks').description('webhook endpoints and their log');
  const load = () => import('./commands/webhooks.js');
  add(hooks, 'list', 'lists the endpoints', async () => (await load()).list);
  add(
    hooks,
    'deliveries <endpoint>',
    'lists what was sent to an endpoint',
    async () => (await load()).deliveries,
  );
  add(hooks, 'test <endpoint>', 'sends a test event to an endpoint', async () => (await load()).test);
  add(
    hooks,
    'replay [delivery]',
    'sends again: one delivery, or all of an endpoint since a time',
    async () => (await load()).replay,
  )
    .option('--endpoint <id>', 'the endpoint')
    .option('--since <time>', 'from then on, RFC 3339')
    .option('--all', 'also what went well')
    .option('--dry-run', 'only counts');
  const dead = program.command('dead-letters').description('what was given up');
  const letters = () => import('./commands/dead-letters.js');
  add(dead, 'list', 'lists them', async () => (await letters()).list).option(
    '--kind <kind>',
    'delivery or inbox_event',
    'delivery',
  );
  add(dead, 'retry [id]', 'tries one again, or all of a kind', async () => (await letters()).retry)
    .option('--all', 'all of the kind, the oldest first, up to 500')
    .option('--kind <kind>', 'delivery or inbox_event', 'delivery')
    .option('--channel <id>', 'only of this channel')
    .option('--dry-run', 'only counts');
  add(
    dead,
    'sent <id>',
    'says that one has arrived, so that it is not sent again',
    async () => (await letters()).sent,
  );
}

function addBots(program: Command, add: Declare): void {
  const bots = program.command('bots').description('bots as files');
  const load = () => import('./commands/bots.js');
  add(bots, 'list', 'lists the bots', async () => (await load()).list);
  add(
    bots,
    'pull <bot> [folder]',
    'writes what is published, with its tests, into a folder',
    async () => (await load()).pull,
  );
  add(bots, 'push <bot> [folder]', 'makes a folder the draft', async () => (await load()).push)
    .option('--publish', 'publishes it, when its tests pass')
    .option('--note <text>', 'what is new, for those who read the versions');
  add(
    bots,
    'diff <bot> [folder]',
    'says where a folder differs from what is published; ends with 7 when it does',
    async () => (await load()).diff,
  );
  add(
    bots,
    'test <bot>',
    'runs the tests of a bot; ends with 7 when something is not as expected',
    async () => (await load()).test,
  )
    .option('--of <version>', 'draft, published or a number', 'draft')
    .option('--compare-with <version>', 'shows what that one answers differently');
}

function addAccess(program: Command, add: Declare): void {
  const keys = program.command('keys').description('API keys');
  const load = () => import('./commands/keys.js');
  add(keys, 'list', 'lists the keys', async () => (await load()).list);
  add(
    keys,
    'create <name>',
    'makes a key and prints it once',
    async () => (await load()).create,
  ).requiredOption('--scopes <scopes>', 'what it may do, with commas between');
  add(keys, 'rotate <key>', 'gives a key a new secret', async () => (await load()).rotate).option(
    '--overlap <seconds>',
    'how long the one before holds too',
  );
  add(keys, 'revoke <key>', 'ends a key for ever', async () => (await load()).revoke);
  const members = program.command('members').description('people with a log-in, and their roles');
  const people = () => import('./commands/members.js');
  add(members, 'list', 'lists them', async () => (await people()).list);
  add(
    members,
    'invite <email>',
    'makes an invitation, and prints its link once',
    async () => (await people()).invite,
  )
    .requiredOption('--role <role>', 'owner, admin, operator, bot-author, viewer or custom')
    .option('--permissions <scopes>', 'of the role custom, with commas between');
  add(
    members,
    'invitations',
    'lists invitations that nobody has taken',
    async () => (await people()).invitations,
  );
  add(members, 'uninvite <invitation>', 'takes an invitation back', async () => (await people()).uninvite);
  add(members, 'role <member> <role>', 'gives another role', async () => (await people()).role);
  add(members, 'remove <member>', 'takes somebody out of the workspace', async () => (await people()).remove);
}

function addInstallation(program: Command, add: Declare): void {
  add(
    program,
    'export [file]',
    'has an archive of everything made, and fetches it',
    async () => (await import('./commands/export.js')).exportAll,
  ).option('--media', 'with the files of messages');
  add(
    program,
    'import <file>',
    'takes an archive into the workspace: all of it, or nothing',
    async () => (await import('./commands/import.js')).importAll,
  );
  add(
    program,
    'doctor',
    'looks at disk, database, queue, clock, address, certificate, key and channels; ends with 7 when something is wrong',
    async () => (await import('./commands/doctor.js')).doctor,
  ).option('--here', 'the installation is on this machine; so it is taken where the address is of it');
  add(
    program,
    'migrate',
    'brings the database of this installation up to date',
    async () => (await import('./commands/migrate.js')).migrate,
  );
  add(
    program,
    'mcp',
    'serves the Model Context Protocol over stdio, with the rights of the key',
    async () => (await import('./commands/mcp.js')).mcp,
  );
  add(program, 'completion <shell>', 'prints completion for bash, zsh or fish', async () =>
    (await import('./commands/completion.js')).completionFor(program),
  );
}
