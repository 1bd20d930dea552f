import { z } from 'zod';

/** What a tool, a server of tools, and a secret can be called. */
const toolName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/)
  .max(48);
const serverName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/)
  .max(16);
const field = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/)
  .max(64);

/** The name of a sealed value of the workspace; the value itself is never in a definition. */
export const SecretName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/)
  .max(64)
  .describe('The name of a secret of the workspace');
export type SecretName = z.infer<typeof SecretName>;

const webAddress = z.url({ protocol: /^https?$/ }).max(2_000);

/** A header: words, or a secret with what stands before it. */
const HeaderValue = z.union([
  z.string().max(1_000),
  z.strictObject({ secret: SecretName, prefix: z.string().max(50).default('') }),
]);
const headers = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z0-9-]+$/)
      .max(64),
    HeaderValue,
  )
  .default({});

/** JSON as a stored definition holds it. */
type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

const anyObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<{ [key: string]: Plain }>;

/** A JSON schema of an object, as a model is told it. */
const InputSchema = anyObject
  .refine((schema) => schema['type'] === 'object', { error: 'must be a schema of an object' })
  .refine((schema) => JSON.stringify(schema).length <= 10_000, {
    error: 'must have at most 10,000 characters',
  });

/** Who is asked before a tool runs. */
export const Approval = z
  .enum(['none', 'person', 'operator'])
  .describe('none: it runs at once · person: the person is asked · operator: one of our operators is asked');
export type Approval = z.infer<typeof Approval>;

/** A tool behind an address: for flows and for the agent. */
export const HttpTool = z
  .strictObject({
    name: toolName,
    description: z.string().min(1).max(1_000).describe('What it does and when, for the model'),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
    url: z
      .string()
      .min(1)
      .max(2_000)
      .describe('`{name}` in its path and query is an input, as one piece; its host is fixed'),
    headers,
    input: InputSchema.default({ type: 'object', properties: {} }),
    bind: z
      .record(
        field,
        z
          .string()
          .regex(/^(?:contact\.(?:id|name|attributes\.[a-z][a-z0-9_]*)|conversation\.id)$/)
          .max(100),
      )
      .default({})
      .describe('Inputs that are filled in by Parley: the model neither sees nor chooses them'),
    timeout_s: z.int().min(1).max(60).default(10),
    bytes_max: z.int().min(1_000).max(1_000_000).default(100_000).describe('Bytes of an answer'),
  })
  .meta({ id: 'HttpTool' });
export type HttpTool = z.infer<typeof HttpTool>;

/** A server that brings tools by the Model Context Protocol. */
export const McpServer = z
  .strictObject({
    name: serverName.describe('Its tools are called by this name, a dot and their own'),
    transport: z.enum(['http', 'sse']).default('http'),
    url: webAddress,
    headers,
    timeout_s: z.int().min(1).max(60).default(10),
  })
  .meta({ id: 'McpServer' });
export type McpServer = z.infer<typeof McpServer>;

/** One model that the agent may use. */
export const AgentModel = z
  .strictObject({
    provider: z
      .enum(['installation', 'openai', 'anthropic', 'openai_compatible'])
      .describe('installation: what the environment of Parley names, with its address and key'),
    name: z.string().min(1).max(200).optional().describe("The provider's name of the model"),
    base_url: webAddress.optional(),
    key: SecretName.optional(),
    price: z
      .strictObject({
        input_per_million: z.number().min(0).max(1_000_000),
        output_per_million: z.number().min(0).max(1_000_000),
      })
      .optional()
      .describe('Money for a million tokens, in the currency of the workspace'),
    temperature: z.number().min(0).max(2).optional(),
    output_tokens_max: z.int().min(16).max(32_000).default(1_000).describe('Tokens of one call'),
  })
  .refine(({ provider, name }) => provider === 'installation' || name !== undefined, {
    error: 'must name its model',
    path: ['name'],
  })
  .refine(({ provider, base_url: url }) => provider !== 'openai_compatible' || url !== undefined, {
    error: 'must have an address',
    path: ['base_url'],
  })
  .refine(({ provider, base_url: url, key }) => provider !== 'installation' || (!url && !key), {
    error: 'has the address and key of the installation',
    path: ['provider'],
  })
  .meta({ id: 'AgentModel' });
export type AgentModel = z.infer<typeof AgentModel>;

/** One tool that the agent may use. */
const AllowedTool = z.strictObject({
  tool: z
    .string()
    .min(1)
    .max(120)
    .describe('A built-in, a tool of the bot, or a tool of a server as `server.tool`'),
  approval: Approval.optional().describe('Without it what the tool is known for: see the guide'),
});

/** What an agent may cost in one turn, whoever pays. */
export const AgentLimits = z
  .strictObject({
    steps: z.int().min(1).max(30).default(6).describe('Calls to a model'),
    tool_calls: z.int().min(0).max(100).default(12),
    tokens: z.int().min(100).max(1_000_000).default(30_000).describe('Tokens in and out together'),
    money_micros: z.int().min(0).max(1_000_000_000).optional().describe('Millionths of the currency'),
    seconds: z.int().min(1).max(300).default(40),
    silence_ms: z
      .int()
      .min(50)
      .max(60_000)
      .default(4_000)
      .describe('Milliseconds until all models together must have begun to answer; also the longest pause'),
    reply_characters: z.int().min(50).max(20_000).default(3_000),
  })
  .meta({ id: 'AgentLimits' });
export type AgentLimits = z.infer<typeof AgentLimits>;

/** The responder with a model: who it is, what it knows, what it may do and cost. */
export const AgentSettings = z
  .strictObject({
    models: z.array(AgentModel).min(1).max(4).describe('The first that works is used'),
    instructions: z.string().max(12_000).default('').describe('What the bot is for and how it works'),
    tone: z.string().max(500).optional().describe('How it speaks, for example “brief and friendly”'),
    history: z
      .strictObject({
        messages: z.int().min(0).max(100).default(20),
        characters: z.int().min(0).max(100_000).default(8_000),
      })
      .default({ messages: 20, characters: 8_000 }),
    contact_fields: z
      .array(field)
      .max(30)
      .default([])
      .describe('Which attributes of the contact the model sees; `name` is its name'),
    tools: z.array(AllowedTool).max(50).default([]).describe('Everything else is refused'),
    memory: z
      .strictObject({
        days: z.int().min(1).max(3_650).default(180).describe('How long a fact is kept'),
        facts: z.int().min(1).max(50).default(20).describe('How many the model sees, the newest'),
      })
      .optional()
      .describe('What is known of the contact across conversations; without it nothing is kept'),
    link_hosts: z
      .array(z.string().min(1).max(253))
      .max(200)
      .default([])
      .describe('Where links in answers may lead, beside the knowledge that was found'),
    limits: AgentLimits.prefault({}),
  })
  .meta({ id: 'AgentSettings' });
export type AgentSettings = z.infer<typeof AgentSettings>;
