const MIDDLE = 'inbound|bot|outbound|conversations|events|access';

/** The import directions of the house. Each rule's name says what it keeps true; docs/architecture.md explains them. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'libs-know-no-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'apps-are-strangers',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'connectors-are-strangers',
      severity: 'error',
      from: { path: '^libs/connectors/src/([^/]+)/' },
      to: { path: '^libs/connectors/src/[^/]+/', pathNot: '^libs/connectors/src/($1|shared|testkit)/' },
    },
    {
      name: 'connectors-see-model-and-faults-only',
      severity: 'error',
      from: { path: '^libs/connectors/' },
      to: { path: '^libs/', pathNot: '^libs/(connectors|model|faults)/' },
    },
    {
      name: 'connectors-know-no-framework',
      severity: 'error',
      from: { path: '^libs/connectors/' },
      to: { path: 'node_modules/(@nestjs|bullmq|@prisma|pg|ioredis)/' },
    },
    {
      name: 'testkit-is-for-specs',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '(\\.spec\\.ts$|/testkit/)' },
      to: { path: '/testkit/' },
    },
    {
      name: 'model-is-the-floor',
      severity: 'error',
      from: { path: '^libs/model/' },
      to: { path: '^(apps|libs)/', pathNot: '^libs/model/' },
    },
    {
      name: 'faults-stand-on-model',
      severity: 'error',
      from: { path: '^libs/faults/' },
      to: { path: '^(apps|libs)/', pathNot: '^libs/(faults|model)/' },
    },
    {
      name: 'config-and-observe-stand-on-faults',
      severity: 'error',
      from: { path: '^libs/(config|observe)/' },
      to: { path: '^libs/', pathNot: '^libs/(config|observe|faults|model)/' },
    },
    {
      name: 'store-and-queue-are-below-the-domain',
      severity: 'error',
      from: { path: '^libs/(store|queue)/' },
      to: { path: `^libs/(connectors|media|${MIDDLE})/` },
    },
    {
      name: 'media-is-below-the-domain',
      severity: 'error',
      from: { path: '^libs/media/' },
      to: { path: `^libs/(${MIDDLE})/` },
    },
    {
      name: 'domain-rooms-are-strangers',
      severity: 'error',
      from: { path: `^libs/(${MIDDLE})/` },
      to: { path: `^libs/(${MIDDLE})/`, pathNot: '^libs/$1/' },
    },
    {
      name: 'agent-stands-on-the-bot-core',
      severity: 'error',
      from: { path: '^libs/agent/' },
      to: { path: '^libs/', pathNot: '^libs/(agent|bot|faults|model)/' },
    },
    {
      name: 'only-apps-bring-a-model',
      severity: 'error',
      from: { path: '^libs/', pathNot: '^libs/agent/' },
      to: { path: '^libs/agent/' },
    },
    {
      name: 'knowledge-stands-on-the-bot-core',
      severity: 'error',
      from: { path: '^libs/knowledge/' },
      to: {
        path: '^libs/',
        pathNot: '^libs/(knowledge|bot|media|connectors|store|queue|observe|faults|model)/',
      },
    },
    {
      name: 'only-apps-bring-knowledge',
      severity: 'error',
      from: { path: '^libs/', pathNot: '^libs/knowledge/' },
      to: { path: '^libs/knowledge/' },
    },
    {
      name: 'sdk-stands-alone',
      severity: 'error',
      from: { path: '^libs/sdk/', pathNot: '\\.spec\\.ts$' },
      to: { path: '(^libs/(?!sdk/)|^apps/|^node:|node_modules/(?!openapi-fetch/))' },
    },
    {
      name: 'browser-sees-model-only',
      severity: 'error',
      from: { path: '^apps/(console|widget|demo)/' },
      to: { path: '^libs/', pathNot: '^libs/(model|sdk)/' },
    },
    {
      name: 'prisma-and-pg-only-in-store',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/store/' },
      to: { path: '(node_modules/(@prisma|pg)/|generated/prisma)' },
    },
    {
      name: 'bullmq-only-in-queue',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/(queue|store/src/migrator)' },
      to: { path: 'node_modules/(bullmq|@nestjs/bullmq|ioredis)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules|/generated/' },
    exclude: { path: '^dist' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['parley-source', 'import', 'node', 'default'],
    },
  },
};
