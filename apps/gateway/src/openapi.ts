import type { INestApplication, INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { problemContentType } from '#libs/faults';
import { eventDescriptions, WebhookEventType, WebhookPayload } from '#libs/model';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { converted } from './contract/convert.js';
import { addExamples } from './contract/examples.js';
import { describeBeyond } from './contract/extension.js';
import { hoistDefinitions } from './contract/hoist.js';
import { describeOperations } from './contract/operations.js';
import { describeProblems } from './contract/problems.js';
import { tagsOf } from './contract/tags.js';

const DESCRIPTION = `Parley turns what people write on any channel into one conversation model, lets a bot answer, and
delivers the answer on the channel it came from.

Errors are problem documents (RFC 9457) with a \`code\`: see [all of them](/errors). Every write takes an
\`Idempotency-Key\`. Every answer has a \`Request-Id\`.`;

/** Serves the description of the API at /openapi.json, /openapi.yaml and /docs. */
export function describeApi(app: NestFastifyApplication, publicUrl: string): void {
  allowStyles(app.getHttpAdapter().getInstance());
  let made: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (made ??= documentOf(app, publicUrl)), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Parley API',
    swaggerOptions: { docExpansion: 'list', persistAuthorization: false },
  });
}

/**
 * Describes the API (OpenAPI 3.1) from its controllers and their schemas: routes, what each can answer, an example
 * for each body, and the webhooks.
 *
 * @param app  need not be initialised, not even have instances
 * @param publicUrl  address of the server, without a slash at the end
 */
export function documentOf(app: INestApplicationContext, publicUrl: string): OpenAPIObject {
  const document = SwaggerModule.createDocument(app as INestApplication, configOf(publicUrl), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    standardSchemaConverter: (schema, { schemaType }) => converted(schema as z.ZodType, schemaType),
  });
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations as Record<string, Operation>)) asProblem(operation);
  }
  const whole = hoistDefinitions(withWebhooks(document));
  whole.tags = tagsOf(whole);
  describeOperations(whole);
  describeProblems(whole);
  addExamples(whole);
  describeBeyond(whole);
  return whole;
}

function configOf(publicUrl: string): Omit<OpenAPIObject, 'paths'> {
  return new DocumentBuilder()
    .setTitle('Parley')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .setOpenAPIVersion('3.1.0')
    .addServer(publicUrl)
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'An API key, or the client token of a session',
    })
    .build();
}

/** What we send to others stands in the document beside what others send to us. */
function withWebhooks(document: OpenAPIObject): OpenAPIObject {
  // Its one component is itself; nothing else in it has a name.
  const schemas = { ...document.components?.schemas, ...converted(WebhookPayload, 'output').components };
  const webhooks = Object.fromEntries(
    WebhookEventType.options.map((type) => [type, { post: webhookOperation(type) }]),
  );
  return { ...document, components: { ...document.components, schemas }, webhooks } as OpenAPIObject;
}

function webhookOperation(type: WebhookEventType): object {
  const header = (name: string, description: string) => ({
    in: 'header',
    name,
    required: true,
    description,
    schema: { type: 'string' },
  });
  return {
    operationId: `webhook_${type.replace('.', '_')}`,
    tags: ['Webhooks'],
    // Its signature says who sent it.
    security: [],
    summary: eventDescriptions[type],
    parameters: [
      header('webhook-id', 'The same at every attempt: drop what you have seen'),
      header(
        'webhook-timestamp',
        'Of the attempt, in seconds since 1970: refuse what is older than five minutes',
      ),
      header('webhook-signature', '`v1,` and base64 of HMAC-SHA256 over id.timestamp.body; one per secret'),
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/WebhookPayload' } } },
    },
    responses: {
      '2XX': { description: 'Taken' },
      '410': { description: 'Never again: the endpoint is disabled' },
      default: { description: 'Not taken: it is sent again, by the schedule of Standard Webhooks' },
    },
  };
}

interface Operation {
  responses?: Record<string, { content?: Record<string, unknown> }>;
}

/** Problems have a media type of their own, which the decorators cannot say. */
function asProblem({ responses }: Operation): void {
  const problem = responses?.['default'];
  const schema = problem?.content?.['application/json'];
  if (problem && schema) problem.content = { [problemContentType]: schema };
}

/** Swagger UI writes styles into its page; scripts it loads as files. */
function allowStyles(server: FastifyInstance): void {
  server.addHook('onSend', (request, reply, _payload, done) => {
    const policy = reply.getHeader('content-security-policy');
    if (request.url.startsWith('/docs') && typeof policy === 'string') {
      void reply.header(
        'content-security-policy',
        policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
      );
    }
    done();
  });
}
