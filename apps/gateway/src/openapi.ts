import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { problemContentType } from '#libs/faults';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

const DESCRIPTION = `Parley turns what people write on any channel into one conversation model, lets a bot answer, and
delivers the answer on the channel it came from.

Errors are problem documents (RFC 9457) with a \`code\`: see [all of them](/errors). Every write takes an
\`Idempotency-Key\`. Every answer has a \`Request-Id\`.`;

/** Describes the API (OpenAPI 3.1), and serves the description at /openapi.json and /docs. */
export function describeApi(app: NestFastifyApplication, publicUrl: string): void {
  const config = new DocumentBuilder()
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
  allowStyles(app.getHttpAdapter().getInstance());
  let made: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (made ??= documentOf(app, config)), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Parley API',
    swaggerOptions: { docExpansion: 'list', persistAuthorization: false },
  });
}

function documentOf(app: NestFastifyApplication, config: Omit<OpenAPIObject, 'paths'>): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    standardSchemaConverter: (schema, { schemaType }) => {
      const {
        $defs,
        $schema: _,
        ...converted
      } = z.toJSONSchema(schema as z.ZodType, {
        io: schemaType,
        target: 'draft-2020-12',
        unrepresentable: 'any',
      });
      return { schema: converted, components: ($defs ?? {}) as Record<string, object> };
    },
  });
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations as Record<string, Operation>)) asProblem(operation);
  }
  return document;
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
