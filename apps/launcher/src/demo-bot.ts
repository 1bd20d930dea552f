import { exampleBot } from '#libs/bot';
import { BotDefinition, type Content, type Option } from '#libs/model';

const menu: readonly Option[] = [
  { id: 'hours', label: 'Opening hours' },
  { id: 'delivery', label: 'Delivery times' },
  { id: 'order', label: 'Order status' },
  { id: 'problem', label: 'Report a problem' },
  { id: 'demo', label: 'Book a demo' },
  { id: 'offer', label: 'Get an offer' },
  { id: 'person', label: 'Talk to a person' },
];

const text = (said: string): Content => ({ type: 'text', text: said });
const ask = (question: string, options: readonly Option[]): Content => ({
  type: 'choices',
  text: question,
  style: 'quick_replies',
  options: [...options],
});
const without = (id: string): Option[] => menu.filter((option) => option.id !== id);

const hours: Content[] = [
  text('**We are open**\n\n- Monday to Friday: 9:00–18:00\n- Saturday: 10:00–14:00\n- Sunday: closed'),
  ask('Anything else?', without('hours')),
];

const delivery: Content[] = [
  text(
    'Orders placed **before 14:00** leave the same day.\n\n- Within the country: 1–2 days\n- Europe: 3–5 days\n- Elsewhere: 7–10 days',
  ),
  ask('Anything else?', without('delivery')),
];

const whichOrder: Content[] = [
  {
    type: 'list',
    text: 'Which order is it? These are the ones of this demo.',
    button: 'Choose an order',
    sections: [
      {
        title: 'Recent orders',
        options: [
          { id: 'order-1042', label: 'Order 1042', description: 'Desk lamp, ordered on Monday' },
          { id: 'order-1038', label: 'Order 1038', description: 'Two coffee mugs, ordered last week' },
          { id: 'order-other', label: 'Another order', description: 'Looked up in the shop of this demo' },
        ],
      },
    ],
  },
];

const orderOnItsWay: Content[] = [
  {
    type: 'card',
    title: 'Order 1042 is on its way',
    text: 'Desk lamp · left our warehouse this morning · arrives tomorrow before 18:00',
    options: [
      { id: 'delivery', label: 'Delivery times' },
      { id: 'person', label: 'Something is wrong' },
    ],
  },
];

const orderDelivered: Content[] = [
  {
    type: 'card',
    title: 'Order 1038 was delivered',
    text: 'Two coffee mugs · left with a neighbour on Thursday at 11:20',
    options: [
      { id: 'returns', label: 'Send it back' },
      { id: 'person', label: 'Something is wrong' },
    ],
  },
];

const returns: Content[] = [
  text(
    'You have **30 days** to send anything back, free of charge. Put it in its box, stick on the label from your parcel, and drop it at any post office. The money is back within 5 days of its arrival.',
  ),
  ask('Anything else?', [{ id: 'order', label: 'Order status' }, ...without('order')]),
];

const price: Content[] = [
  text(
    'Prices on the page include tax. Shipping is **4.90**, and free from 50 upwards. You can pay by card, bank transfer or on invoice.',
  ),
  ask('Anything else?', menu),
];

const aboutParley: Content[] = [
  text(
    '**Parley** is an open-source gateway for conversations: people write from a web page, a messenger, SMS or e-mail, one bot answers everywhere, and a person can take over at any time. This chat runs through all of it.',
  ),
  ask('Would you like to try something?', menu),
];

const handedOver: Content[] = [
  text(
    'Gladly. I have passed this conversation on, and **a person will answer** here. You can keep writing; nothing gets lost.',
  ),
];

const { flows, tools } = exampleBot();

/**
 * The bot of the demo workspace: works without a model, and shows choices, a list, cards, the hand-over, and the flows of
 * the shipped example, whose tools call the service of the demo.
 *
 * Small talk stands last, because among several new messages the first matching rule in written order answers.
 */
export const demoBot: BotDefinition = BotDefinition.parse({
  persona: { name: 'Polly', disclosure: "I'm Polly, an automated assistant." },
  greeting: [
    text('Hello, and welcome! 👋 Good to see you here.'),
    ask('What can I do for you? Choose one, or just write.', menu),
  ],
  rules: [
    { id: 'pick-hours', when: { option: 'hours' }, reply: hours },
    { id: 'pick-delivery', when: { option: 'delivery' }, reply: delivery },
    { id: 'pick-order', when: { option: 'order' }, reply: whichOrder },
    { id: 'pick-order-1042', when: { option: 'order-1042' }, reply: orderOnItsWay },
    { id: 'pick-order-1038', when: { option: 'order-1038' }, reply: orderDelivered },
    { id: 'pick-order-other', when: { option: 'order-other' }, start_flow: 'order-status' },
    { id: 'pick-problem', when: { option: 'problem' }, start_flow: 'ticket' },
    { id: 'pick-demo', when: { option: 'demo' }, start_flow: 'booking' },
    { id: 'pick-offer', when: { option: 'offer' }, start_flow: 'lead' },
    { id: 'pick-returns', when: { option: 'returns' }, reply: returns },
    { id: 'pick-person', when: { option: 'person' }, reply: handedOver, hand_over: true },
    {
      id: 'person',
      when: {
        words: [
          'a person',
          'a human',
          'real person',
          'someone',
          'somebody',
          'human',
          'operator',
          'representative',
          'complaint',
        ],
      },
      reply: handedOver,
      hand_over: true,
    },
    {
      id: 'returns',
      when: {
        words: [
          'return',
          'returns',
          'returning',
          'refund',
          'refunds',
          'send back',
          'send it back',
          'money back',
          'exchange',
        ],
      },
      reply: returns,
    },
    {
      id: 'problem',
      when: { words: ['ticket', 'broken', 'damaged', 'defective', 'a problem', 'is missing'] },
      start_flow: 'ticket',
    },
    {
      id: 'demo',
      when: { words: ['book', 'booking', 'appointment', 'meeting'] },
      start_flow: 'booking',
    },
    { id: 'offer', when: { words: ['an offer', 'quote', 'for my company'] }, start_flow: 'lead' },
    { id: 'order-1042', when: { words: ['1042'] }, reply: orderOnItsWay },
    { id: 'order-1038', when: { words: ['1038'] }, reply: orderDelivered },
    {
      id: 'order',
      when: {
        words: ['order status', 'my order', 'order', 'where is my', 'track', 'tracking', 'package', 'parcel'],
      },
      reply: whichOrder,
    },
    {
      id: 'delivery',
      when: {
        words: ['delivery', 'deliver', 'deliveries', 'shipping', 'ship', 'how long', 'arrive', 'arrives'],
      },
      reply: delivery,
    },
    {
      id: 'hours',
      when: {
        words: ['opening hours', 'hours', 'open', 'opened', 'close', 'closed', 'closing', 'when are you'],
      },
      reply: hours,
    },
    {
      id: 'price',
      when: {
        words: ['price', 'prices', 'cost', 'costs', 'how much', 'pay', 'payment', 'invoice', 'discount'],
      },
      reply: price,
    },
    {
      id: 'parley',
      when: { words: ['parley', 'what is this', 'what are you', 'are you a bot', 'who are you'] },
      reply: aboutParley,
    },
    {
      id: 'thanks',
      when: { words: ['thanks', 'thank you', 'thx', 'cheers', 'great', 'perfect'] },
      reply: [text("You're welcome! I'm here if anything else comes up.")],
    },
    {
      id: 'bye',
      when: { words: ['bye', 'goodbye', 'see you', 'good night'] },
      reply: [text('Goodbye, and have a good day! 👋')],
    },
    {
      id: 'hello',
      when: {
        words: [
          'hello',
          'hi',
          'hey',
          'good morning',
          'good afternoon',
          'good evening',
          'help',
          'menu',
          'start',
        ],
      },
      reply: [ask('Hello! How can I help?', menu)],
    },
  ],
  flows,
  tools,
  fallback: [text('I do not know that one. I have passed it on: **a person will answer** you here.')],
  fallback_hands_over: true,
});
