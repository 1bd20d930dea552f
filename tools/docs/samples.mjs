// One content of each kind, with everything that the kind can hold.

const option = (id, label, more = {}) => ({ id, label, ...more });
const FILE = 'https://files.acme.example';

/** What a bot may say. */
export const SAMPLE_CONTENTS = [
  {
    type: 'text',
    text: 'Your order **1042** is *on its way*: [track it](https://acme.example/track?id=1042).',
  },
  { type: 'image', url: `${FILE}/lamp.png`, mime_type: 'image/png', caption: 'Desk lamp', alt: 'A lamp' },
  { type: 'audio', url: `${FILE}/note.ogg`, mime_type: 'audio/ogg', duration_ms: 4200 },
  { type: 'video', url: `${FILE}/tour.mp4`, mime_type: 'video/mp4', caption: 'The shop' },
  { type: 'file', url: `${FILE}/invoice.pdf`, mime_type: 'application/pdf', file_name: 'invoice.pdf' },
  { type: 'location', latitude: 52.5, longitude: 13.4, name: 'Our shop', address: 'Hauptstr. 1, Berlin' },
  {
    type: 'contact',
    name: 'Ann Lee',
    phones: ['+4915112345678'],
    emails: ['ann@acme.example'],
    organization: 'Acme',
  },
  {
    type: 'choices',
    text: 'What next?',
    style: 'quick_replies',
    options: [
      option('track', 'Track my order'),
      option('person', 'Talk to a person'),
      option('site', 'Open the shop', { url: 'https://acme.example' }),
    ],
  },
  {
    type: 'card',
    title: 'Desk lamp',
    text: 'Warm light, 20 €',
    image_url: `${FILE}/lamp.png`,
    options: [option('buy', 'Buy'), option('more', 'Tell me more')],
  },
  {
    type: 'carousel',
    cards: [
      { title: 'Desk lamp', text: '20 €', options: [option('buy-1', 'Buy the desk lamp')] },
      { title: 'Floor lamp', text: '60 €', options: [option('buy-2', 'Buy the floor lamp')] },
    ],
  },
  {
    type: 'list',
    text: 'Which order?',
    button: 'Show orders',
    sections: [
      { title: 'This week', options: [option('o1', 'Order 1042', { description: 'Desk lamp' })] },
      { title: 'Earlier', options: [option('o2', 'Order 993'), option('o3', 'Order 871')] },
    ],
  },
  {
    type: 'form',
    title: 'Call me back',
    text: 'We call within the hour.',
    submit: 'Send',
    fields: [
      { id: 'name', label: 'Name', kind: 'text', required: true, options: [] },
      {
        id: 'time',
        label: 'When',
        kind: 'choice',
        required: false,
        options: [option('am', 'Morning'), option('pm', 'Afternoon')],
      },
    ],
  },
  {
    type: 'template',
    name: 'order_update',
    language: 'en-US',
    variables: { 1: 'Ann', 2: '1042' },
    fallback_text: 'Hello Ann, order 1042 is on its way.',
  },
];
