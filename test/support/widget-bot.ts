import { BotDefinition } from '#libs/model';

/** What tries to get out of a text. */
export const hostile = '<img src=x onerror=alert(1)><script>alert(2)</script>';
const menu = [
  { id: 'hours', label: 'Opening hours' },
  { id: 'all', label: 'Show me everything' },
];
const everything = [
  {
    type: 'text',
    text: `# Heading\n**bold** _italic_ \`code\`\n\n- one\n- two\n\n> quote\n\n[link](https://a.example/)`,
  },
  {
    type: 'card',
    title: 'Desk lamp',
    text: 'Warm light, 40 cm',
    options: [{ id: 'hours', label: 'Ask about it' }],
  },
  {
    type: 'carousel',
    cards: [1, 2, 3].map((n) => ({
      title: `Mug ${n}`,
      text: 'Stoneware',
      options: [{ id: `mug-${n}`, label: 'Choose' }],
    })),
  },
  {
    type: 'list',
    text: 'Your orders',
    button: 'Choose',
    sections: [{ title: 'Recent', options: [{ id: 'order-1', label: 'Order 1', description: 'Yesterday' }] }],
  },
  { type: 'location', latitude: 48.2, longitude: 16.37, name: 'Our shop', address: 'Ring 1' },
  { type: 'contact', name: 'Ada', phones: ['+431234'], emails: ['ada@shop.example'] },
  { type: 'file', url: 'https://files.example/menu.pdf', file_name: 'menu.pdf', size_bytes: 81_000 },
  {
    type: 'form',
    title: 'Call me back',
    fields: [
      { id: 'name', label: 'Name', kind: 'text' },
      { id: 'mail', label: 'E-mail', kind: 'email', required: false },
      { id: 'when', label: 'When', kind: 'choice', options: [{ id: 'am', label: 'Morning' }] },
    ],
  },
];
/** The bot of the shop: a menu, every kind of content, and a reply that means harm. */
export const shopBot = BotDefinition.parse({
  persona: { name: 'Ada' },
  greeting: [{ type: 'choices', text: 'Hello! What would you like to know?', options: menu }],
  rules: [
    { id: 'hours', when: { option: 'hours' }, reply: [{ type: 'text', text: 'We are open **9 to 5**.' }] },
    { id: 'all', when: { option: 'all' }, reply: everything },
    {
      id: 'evil',
      when: { words: ['evil'] },
      reply: [
        { type: 'text', text: `${hostile} [x](javascript:alert(3))` },
        { type: 'card', title: hostile, text: hostile, options: [{ id: 'x', label: hostile }] },
        { type: 'file', url: 'https://files.example/a', file_name: hostile },
      ],
    },
    { id: 'open', when: { words: ['open'] }, reply: [{ type: 'text', text: 'From nine to five.' }] },
  ],
  fallback: [{ type: 'text', text: 'A person will answer.' }],
});
