import { BotDefinition, TestConversation } from '#libs/model';
import bot from '../examples/shop-assistant.bot.json' with { type: 'json' };
import tests from '../examples/shop-assistant.tests.json' with { type: 'json' };

/**
 * The shipped example: a shop's assistant with lead capture and score, booking through a calendar, order status and tickets.
 *
 * Its tools call the service of the demo at `http://demo.parley.invalid`. Made anew for each caller.
 */
export const exampleBot = (): BotDefinition => BotDefinition.parse(bot);

/** The test conversations of the example bot: every flow of it is talked through. */
export const exampleConversations = (): TestConversation[] =>
  tests.map((each) => TestConversation.parse(each));
