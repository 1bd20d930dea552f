import type { components, operations, webhooks } from './api.gen.js';

/** The shapes of the API by name: `Shape<'Message'>`. */
export type Shape<Name extends keyof components['schemas']> = components['schemas'][Name];

/** Operations of the API by id. */
export type OperationId = keyof operations;

type Success = 200 | 201 | 202;
type JsonOf<Responses> =
  Responses extends Record<string | number, unknown>
    ? {
        [Status in keyof Responses & Success]: Responses[Status] extends {
          content: { 'application/json': infer Json };
        }
          ? Json
          : never;
      }[keyof Responses & Success]
    : never;

/** What an operation answers when all is well. */
export type Answer<Id extends OperationId> = operations[Id] extends { responses: infer Responses }
  ? JsonOf<Responses>
  : never;

/** What stands in the list that an operation answers. */
export type Item<Id extends OperationId> = Answer<Id> extends { data: (infer One)[] } ? One : never;

/** The JSON body that an operation takes. */
export type Body<Id extends OperationId> = operations[Id] extends {
  requestBody?: { content: { 'application/json': infer Json } } | undefined;
}
  ? Json
  : never;

/** The query that an operation takes. */
export type Query<Id extends OperationId> = operations[Id] extends { parameters: { query?: infer Asked } }
  ? NonNullable<Asked>
  : never;

/** The types of events that webhooks carry. */
export type WebhookType = keyof webhooks;
